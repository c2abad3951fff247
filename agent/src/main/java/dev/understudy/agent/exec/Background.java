package dev.understudy.agent.exec;

import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// Work that is done beside its caller, on a thread of its own. Closing it breaks the work off,
/// with the programs that it runs, and waits until it has ended.
public final class Background<T> implements AutoCloseable {
    private final FutureTask<T> task;
    private final Thread thread;

    private Background(FutureTask<T> task, Thread thread) {
        this.task = task;
        this.thread = thread;
    }

    public static <T> Background<T> start(String name, Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        return new Background<>(task, Thread.ofPlatform().daemon().name(name).start(task));
    }

    /// Waits for what came of it. What the work throws is thrown here.
    ///
    /// @param expected the checked exception that the work may throw
    public <E extends Exception> T get(Class<E> expected) throws E, InterruptedException {
        try {
            return task.get();
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (expected.isInstance(cause)) {
                throw expected.cast(cause);
            }
            switch (cause) {
                case RuntimeException unexpected -> throw unexpected;
                case Error error -> throw error;
                case InterruptedException _ ->
                        throw new CancellationException(thread.getName() + " was broken off");
                case null, default ->
                        throw new IllegalStateException(thread.getName() + " failed", cause);
            }
        }
    }

    /// As [#get(Class)], for work that throws no checked exception.
    public T get() throws InterruptedException {
        return get(RuntimeException.class);
    }

    @Override
    public void close() {
        task.cancel(true);
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
