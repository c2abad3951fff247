package dev.understudy.agent.system;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.understudy.agent.exec.Place;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;

/// The network of a place. A thread that enters it makes its sockets there from then on; nothing
/// else of the thread changes, so no code and no file of the place is used.
@SuppressWarnings("restricted")
public final class Network {
    private static final int CLOSE_ON_EXEC = 02000000;
    private static final int NETWORK = 0x40000000;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final MemoryLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final MethodHandle OPEN =
            call("open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle SETNS =
            call("setns", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle CLOSE =
            call("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

    private final Path file;

    public Network(Place place) {
        this.file = place.path("/proc/1/ns/net");
    }

    /// Moves the calling thread into this network, for good: it must be a platform thread that is
    /// used for nothing else afterwards.
    public void enter() throws IOException {
        if (Thread.currentThread().isVirtual()) {
            throw new IllegalStateException("a virtual thread has no network of its own");
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            MemorySegment path = arena.allocateFrom(file.toString());
            int descriptor = (int) OPEN.invokeExact(state, path, CLOSE_ON_EXEC);
            check(descriptor, state, "opened");
            try {
                check((int) SETNS.invokeExact(state, descriptor, NETWORK), state, "entered");
            } finally {
                int _ = (int) CLOSE.invokeExact(state, descriptor);
            }
        } catch (IOException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("a call of the C library threw", e);
        }
    }

    private void check(int result, MemorySegment state, String what) throws IOException {
        if (result < 0) {
            throw new IOException(
                    "the network %s cannot be %s (errno %d)"
                            .formatted(file, what, (int) ERRNO.get(state, 0L)));
        }
    }

    private static MethodHandle call(String name, FunctionDescriptor descriptor) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name),
                descriptor,
                Linker.Option.captureCallState("errno"));
    }
}
