package dev.understudy.lab;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/// The few calls into the C library for which there is no program to run and no Java.
public final class CLibrary {
    private static final int CLONE_NEWNET = 0x4000_0000;
    private static final long SHUT_DOWN = 0x8004_587DL; // EXT4_IOC_SHUTDOWN
    private static final int WITHOUT_FLUSHING_THE_LOG = 2;

    private static final MemoryLayout ERROR_STATE = Linker.Option.captureStateLayout();
    private static final MethodHandle OPEN =
            function("open", 2, FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle SETNS =
            function("setns", 2, FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle IOCTL =
            function("ioctl", 2, FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS));
    private static final MethodHandle CLOSE =
            function("close", 1, FunctionDescriptor.of(JAVA_INT, JAVA_INT));

    private CLibrary() {}

    /// Moves the calling thread into a network namespace, a file like /run/netns/NAME.
    public static void enterNetwork(Path namespace) throws IOException {
        withOpen(
                namespace,
                (errors, file, _) -> {
                    int entered = (int) SETNS.invokeExact(errors, file, CLONE_NEWNET);
                    require(entered, errors, "setns " + namespace);
                });
    }

    /// Takes a mounted ext4 from its device at once, as a loss of power does: nothing more is
    /// written, neither files nor the file system's own journal. Everything in it fails from then
    /// on.
    static void cutOff(Path mountPoint) throws IOException {
        withOpen(
                mountPoint,
                (errors, file, arena) -> {
                    var how = arena.allocateFrom(JAVA_INT, WITHOUT_FLUSHING_THE_LOG);
                    int down = (int) IOCTL.invokeExact(errors, file, SHUT_DOWN, how);
                    require(down, errors, "shut down " + mountPoint);
                });
    }

    private interface Call {
        void on(MemorySegment errors, int file, Arena arena) throws Throwable;
    }

    private static void withOpen(Path path, Call call) throws IOException {
        try (var arena = Arena.ofConfined()) {
            var errors = arena.allocate(ERROR_STATE);
            int file = (int) OPEN.invokeExact(errors, arena.allocateFrom(path.toString()), 0);
            require(file, errors, "open " + path);
            try {
                call.on(errors, file, arena);
            } finally {
                int closed = (int) CLOSE.invokeExact(errors, file);
                require(closed, errors, "close " + path);
            }
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("The call into the C library failed", e);
        }
    }

    private static void require(int result, MemorySegment errors, String call) throws IOException {
        if (result < 0) {
            throw new IOException("%s: errno %d".formatted(call, errors.get(JAVA_INT, 0)));
        }
    }

    /// @param fixed how many arguments come before those that may vary
    @SuppressWarnings("restricted")
    private static MethodHandle function(String name, int fixed, FunctionDescriptor descriptor) {
        var linker = Linker.nativeLinker();
        var address = linker.defaultLookup().findOrThrow(name);
        var errors = Linker.Option.captureCallState("errno");
        return fixed < descriptor.argumentLayouts().size()
                ? linker.downcallHandle(
                        address, descriptor, Linker.Option.firstVariadicArg(fixed), errors)
                : linker.downcallHandle(address, descriptor, errors);
    }
}
