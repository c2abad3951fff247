package dev.understudy.agent.checkpoint;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The few calls of the C library that Java's file API lacks and a faithful copy needs: extended
/// attributes of every name space (capabilities, ACLs, security labels), device nodes, and syncing
/// a whole file system. No call follows a symbolic link in the last component, [#sync] excepted.
@SuppressWarnings("restricted")
final class Libc {
    private static final int NO_DATA = 61;
    private static final int NOT_SUPPORTED = 95;
    private static final int NO_SUCH_FILE = 2;
    private static final int STATX_BYTES = 256;
    private static final int BASIC_STATS = 0x7ff;
    private static final int LARGEST_VALUE = 1 << 16;

    /// Of `utimensat`: leave this time as it is; relative to the working folder; no link followed.
    private static final long OMIT = (1L << 30) - 2;

    private static final int CURRENT_FOLDER = -100;
    private static final int NO_FOLLOW = 0x100;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final MemoryLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private static final MethodHandle LIST =
            call("llistxattr", FunctionDescriptor.of(JAVA_LONG, ADDRESS, ADDRESS, JAVA_LONG));
    private static final MethodHandle GET =
            call(
                    "lgetxattr",
                    FunctionDescriptor.of(JAVA_LONG, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG));
    private static final MethodHandle SET =
            call(
                    "lsetxattr",
                    FunctionDescriptor.of(
                            JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final MethodHandle REMOVE =
            call("lremovexattr", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));

    /// Before version 2.33 the GNU C library has only what its header's `mknod` expands to: the
    /// layout's version, which is 0, comes first, and the device is pointed to.
    private static final boolean HAS_MKNOD = LINKER.defaultLookup().find("mknod").isPresent();

    private static final MethodHandle MKNOD =
            HAS_MKNOD
                    ? call("mknod", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_LONG))
                    : call(
                            "__xmknod",
                            FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS));
    private static final MethodHandle SET_TIMES =
            call(
                    "utimensat",
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT));

    /// Since version 2.28 of the GNU C library.
    private static final @Nullable MethodHandle STATX =
            LINKER.defaultLookup().find("statx").isEmpty()
                    ? null
                    : call(
                            "statx",
                            FunctionDescriptor.of(
                                    JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS));

    private static final MethodHandle OPEN =
            call("open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle SYNCFS =
            call("syncfs", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle CLOSE =
            call("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

    private Libc() {}

    /// Binds the calls, which takes a while the first time that any of them is needed.
    static void bind() {
        Objects.requireNonNull(LIST);
    }

    /// The names of the file's extended attributes; empty where the file system has none.
    static List<String> attributeNames(Path file) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            MemorySegment path = path(arena, file);
            long length = (long) LIST.invokeExact(state, path, MemorySegment.NULL, 0L);
            if (length == 0) {
                return List.of();
            }
            MemorySegment names = arena.allocate(LARGEST_VALUE);
            if (length > 0) {
                length = (long) LIST.invokeExact(state, path, names, (long) LARGEST_VALUE);
            }
            if (length < 0) {
                int errno = errno(state);
                if (errno == NOT_SUPPORTED) {
                    return List.of();
                }
                throw failed("list the attributes of", file, errno);
            }
            String all = new String(bytes(names, length), StandardCharsets.UTF_8);
            return Arrays.stream(all.split("\0")).filter(name -> !name.isEmpty()).toList();
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    /// The attribute's value; an empty array where the attribute is absent.
    static byte[] attribute(Path file, String name) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            MemorySegment path = path(arena, file);
            MemorySegment value = arena.allocate(LARGEST_VALUE);
            MemorySegment key = arena.allocateFrom(name);
            long length = (long) GET.invokeExact(state, path, key, value, (long) LARGEST_VALUE);
            if (length < 0) {
                int errno = errno(state);
                if (errno == NO_DATA || errno == NOT_SUPPORTED) {
                    return new byte[0];
                }
                throw failed("read the attribute " + name + " of", file, errno);
            }
            return bytes(value, length);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    static void setAttribute(Path file, String name, byte[] value) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            MemorySegment path = path(arena, file);
            MemorySegment key = arena.allocateFrom(name);
            MemorySegment content = arena.allocate(Math.max(1, value.length));
            MemorySegment.copy(MemorySegment.ofArray(value), 0, content, 0, value.length);
            int result = (int) SET.invokeExact(state, path, key, content, (long) value.length, 0);
            check(result, state, "set the attribute " + name + " of", file);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    static void removeAttribute(Path file, String name) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            MemorySegment path = path(arena, file);
            MemorySegment key = arena.allocateFrom(name);
            int result = (int) REMOVE.invokeExact(state, path, key);
            check(result, state, "remove the attribute " + name + " of", file);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    /// Makes a device node, FIFO or socket; `mode` includes the file type.
    static void makeNode(Path file, int mode, long device) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            MemorySegment path = path(arena, file);
            int result =
                    HAS_MKNOD
                            ? (int) MKNOD.invokeExact(state, path, mode, device)
                            : (int)
                                    MKNOD.invokeExact(
                                            state,
                                            0,
                                            path,
                                            mode,
                                            arena.allocateFrom(JAVA_LONG, device));
            check(result, state, "make the node", file);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    /// Sets the time of the last change of content. Java's own way opens the file, which waits for
    /// ever on a FIFO and has effects on a device.
    static void setModified(Path file, Instant time) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            MemorySegment path = path(arena, file);
            MemorySegment times =
                    arena.allocateFrom(
                            JAVA_LONG, 0, OMIT, time.getEpochSecond(), (long) time.getNano());
            int result = (int) SET_TIMES.invokeExact(state, CURRENT_FOLDER, path, times, NO_FOLLOW);
            check(result, state, "set the time of", file);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    /// What `statx` says of the path, five times as fast as Java's own way, which makes a map of
    /// every answer; empty where the C library has no such call. The layout is the same on every
    /// architecture, statx(2).
    static Optional<UnixStat> stat(Path file) throws IOException {
        if (STATX == null) {
            return Optional.empty();
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            MemorySegment path = path(arena, file);
            MemorySegment stat = arena.allocate(STATX_BYTES, Long.BYTES);
            int result =
                    (int)
                            STATX.invokeExact(
                                    state, CURRENT_FOLDER, path, NO_FOLLOW, BASIC_STATS, stat);
            if (result < 0 && errno(state) == NO_SUCH_FILE) {
                throw new NoSuchFileException(file.toString());
            }
            check(result, state, "read the attributes of", file);
            return Optional.of(
                    new UnixStat(
                            Short.toUnsignedInt(stat.get(JAVA_SHORT, 28)),
                            stat.get(JAVA_INT, 20),
                            stat.get(JAVA_INT, 24),
                            stat.get(JAVA_INT, 16),
                            device(stat, 136),
                            stat.get(JAVA_LONG, 32),
                            stat.get(JAVA_LONG, 40),
                            device(stat, 128),
                            time(stat, 112),
                            time(stat, 96)));
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    /// Major and minor number as `makedev` joins them.
    private static long device(MemorySegment stat, long offset) {
        long major = Integer.toUnsignedLong(stat.get(JAVA_INT, offset));
        long minor = Integer.toUnsignedLong(stat.get(JAVA_INT, offset + 4));
        return ((major & 0xfff) << 8)
                | ((major & ~0xfffL) << 32)
                | (minor & 0xff)
                | ((minor & ~0xffL) << 12);
    }

    private static Instant time(MemorySegment stat, long offset) {
        return Instant.ofEpochSecond(stat.get(JAVA_LONG, offset), stat.get(JAVA_INT, offset + 8));
    }

    /// Waits until everything written to the file system that holds `file` is on disk.
    static void sync(Path file) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            MemorySegment path = path(arena, file);
            int descriptor = (int) OPEN.invokeExact(state, path, 0);
            check(descriptor, state, "open", file);
            int synced = (int) SYNCFS.invokeExact(state, descriptor);
            int errno = errno(state);
            int closed = (int) CLOSE.invokeExact(state, descriptor);
            if (synced < 0) {
                throw failed("sync the file system of", file, errno);
            }
            check(closed, state, "close", file);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    private static MethodHandle call(String name, FunctionDescriptor signature) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name),
                signature,
                Linker.Option.captureCallState("errno"));
    }

    private static MemorySegment path(Arena arena, Path file) {
        return arena.allocateFrom(file.toString());
    }

    private static byte[] bytes(MemorySegment from, long length) {
        byte[] copy = new byte[Math.toIntExact(length)];
        MemorySegment.copy(from, 0, MemorySegment.ofArray(copy), 0, length);
        return copy;
    }

    private static int errno(MemorySegment state) {
        return (int) ERRNO.get(state, 0L);
    }

    private static void check(int result, MemorySegment state, String what, Path file)
            throws IOException {
        if (result < 0) {
            throw failed(what, file, errno(state));
        }
    }

    private static IOException failed(String what, Path file, int errno) {
        return new IOException("Cannot %s %s: error %d".formatted(what, file, errno));
    }

    private static IOException rethrown(Throwable thrown) {
        return switch (thrown) {
            case IOException e -> e;
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> new IOException(thrown);
        };
    }
}
