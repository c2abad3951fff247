package dev.understudy.platform;

/// Waiting for threads without losing an interrupt.
public final class Threads {
    private Threads() {}

    public static void join(Thread thread) {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
