package dev.understudy.agent.orders;

import dev.understudy.protocol.Wire;
import dev.understudy.protocol.WireException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32C;

/// A file of lines `CRC JSON`, appended to and never changed: CRC is the CRC-32C of the JSON in 8
/// hex digits. A crash can leave its last line torn: that line was never relied on, and is cut.
/// Anything else that does not check is [JournalDamagedException].
final class JournalFile implements AutoCloseable {
    private final Path path;
    private final FileChannel channel;
    private long length;
    private boolean unforced;
    private boolean unusable;

    private JournalFile(Path path, FileChannel channel, long length) {
        this.path = path;
        this.channel = channel;
        this.length = length;
    }

    /// Opens the file for appending, made if missing, with a torn end cut off.
    static JournalFile open(Path path, long soundLength) throws IOException {
        FileChannel channel =
                FileChannel.open(
                        path,
                        Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
        channel.truncate(soundLength);
        channel.force(true);
        return new JournalFile(path, channel, soundLength);
    }

    /// What a file holds, and up to where it is sound.
    record Content(List<Entry> entries, long soundLength) {}

    static Content read(Path path) throws IOException {
        byte[] bytes = Files.readAllBytes(path);
        List<Entry> entries = new ArrayList<>();
        int start = 0;
        while (start < bytes.length) {
            int end = indexOfNewline(bytes, start);
            if (end < 0 || tornAt(bytes, start)) {
                requireTorn(path, entries.size() + 1, bytes, start);
                break;
            }
            entries.add(parse(path, entries.size() + 1, Arrays.copyOfRange(bytes, start, end)));
            start = end + 1;
        }
        return new Content(entries, start);
    }

    private static int indexOfNewline(byte[] bytes, int from) {
        for (int i = from; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                return i;
            }
        }
        return -1;
    }

    /// Blocks that never reached the disk read as zeros; JSON never holds one. Only a run of them
    /// up to the end, or in the last line, is a torn end.
    private static boolean tornAt(byte[] bytes, int start) {
        int end = indexOfNewline(bytes, start);
        boolean last = end == bytes.length - 1;
        for (int i = start; i < end; i++) {
            if (bytes[i] == 0) {
                return last;
            }
        }
        return false;
    }

    /// A whole line whose line feed alone is wrong was not torn: it was changed.
    private static void requireTorn(Path path, int line, byte[] bytes, int start)
            throws JournalDamagedException {
        byte[] allButOne = Arrays.copyOfRange(bytes, start, bytes.length - 1);
        if (checks(allButOne)) {
            throw new JournalDamagedException(path, line, "its line feed was changed");
        }
    }

    private static Entry parse(Path path, int line, byte[] bytes) throws JournalDamagedException {
        if (!checks(bytes)) {
            throw new JournalDamagedException(path, line, "its checksum does not match");
        }
        try {
            return Wire.decode(Arrays.copyOfRange(bytes, 9, bytes.length), Entry.class);
        } catch (WireException e) {
            throw new JournalDamagedException(path, line, String.valueOf(e.getMessage()));
        }
    }

    private static boolean checks(byte[] line) {
        return line.length > 9
                && line[8] == ' '
                && new String(line, 0, 8, StandardCharsets.US_ASCII)
                        .equals(checksum(Arrays.copyOfRange(line, 9, line.length)));
    }

    private static String checksum(byte[] json) {
        CRC32C crc = new CRC32C();
        crc.update(json);
        return "%08x".formatted(crc.getValue());
    }

    /// Appends a line. When that fails (a full disk) what was written of it is taken back, so that
    /// the file stays sound; if even that fails, nothing can be appended any more.
    void append(Entry entry) throws IOException {
        if (unusable) {
            throw new IOException(path + " could not be repaired after a failed write");
        }
        byte[] json = Wire.encode(entry, Entry.class);
        ByteBuffer line = ByteBuffer.allocate(json.length + 10);
        line.put(checksum(json).getBytes(StandardCharsets.US_ASCII)).put((byte) ' ');
        line.put(json).put((byte) '\n').flip();
        int size = line.remaining();
        try {
            while (line.hasRemaining()) {
                channel.write(line, length + size - line.remaining());
            }
        } catch (IOException e) {
            takeBack(e);
            throw e;
        }
        length += size;
        unforced = true;
    }

    private void takeBack(IOException cause) {
        try {
            channel.truncate(length);
        } catch (IOException e) {
            cause.addSuppressed(e);
            unusable = true;
        }
    }

    /// Returns once everything appended is on the disk. A failed fsync may have dropped pages that
    /// a second one would report as written, so nothing is trusted after it.
    void force() throws IOException {
        if (!unforced) {
            return;
        }
        try {
            channel.force(false);
        } catch (IOException e) {
            unusable = true;
            throw e;
        }
        unforced = false;
    }

    long length() {
        return length;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
