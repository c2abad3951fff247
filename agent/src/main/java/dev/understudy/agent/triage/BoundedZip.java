package dev.understudy.agent.triage;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// A new zip file, for its owner only, that never becomes larger than it may: text beyond that is
/// left out, and whoever wrote it is told.
final class BoundedZip implements AutoCloseable {
    /// What the zip's own tables may take.
    private static final long TABLES = 16 << 10;

    private static final int BLOCK = 8 << 10;

    private final FileChannel channel;
    private final ZipOutputStream zip;
    private final long most;
    private long written;

    /// @throws IOException if the file exists or cannot be made
    BoundedZip(Path file, long most) throws IOException {
        this.most = most;
        this.channel =
                FileChannel.open(
                        file,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
        this.zip = new ZipOutputStream(new Counted(), StandardCharsets.UTF_8);
    }

    /// Adds a text; false if not all of it had room.
    boolean add(String name, String text) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int at = 0;
        while (at < bytes.length && room()) {
            int block = Math.min(BLOCK, bytes.length - at);
            zip.write(bytes, at, block);
            at += block;
        }
        zip.closeEntry();
        return at == bytes.length;
    }

    /// Whether another block surely fits: what the compressor still holds back is no larger.
    private boolean room() {
        return written + TABLES + 2L * BLOCK + (64 << 10) / 4 <= most;
    }

    /// Ends the file and brings it to the disk.
    @Override
    public void close() throws IOException {
        try (channel) {
            zip.finish();
            channel.force(true);
        }
    }

    private final class Counted extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            ByteBuffer buffer = ByteBuffer.wrap(bytes, from, length);
            while (buffer.hasRemaining()) {
                written += channel.write(buffer);
            }
        }
    }
}
