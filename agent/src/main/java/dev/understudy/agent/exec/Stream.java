package dev.understudy.agent.exec;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/// One output stream of a process, read without ever blocking: its beginning, its end, and how much
/// between them was left out.
final class Stream {
    private final InputStream in;
    private final ByteArrayOutputStream head = new ByteArrayOutputStream();
    private final byte[] end = new byte[Processes.KEPT_END];
    private final byte[] buffer = new byte[16 << 10];
    private long beyondHead;
    private boolean closed;

    Stream(InputStream in) {
        this.in = in;
    }

    /// Reads all that is there now.
    ///
    /// @return whether anything was
    boolean readAvailable() {
        boolean any = false;
        try {
            while (!closed && in.available() > 0) {
                int read = in.read(buffer, 0, Math.min(in.available(), buffer.length));
                if (read < 0) {
                    break;
                }
                keep(read);
                any = true;
            }
        } catch (IOException _) {
            // The pipe is gone with its process; what was read is what there is.
            closed = true;
        }
        return any;
    }

    void drainAndClose() {
        readAvailable();
        try {
            in.close();
        } catch (IOException _) {
            // Nothing more can be read from it either way.
            closed = true;
        }
    }

    boolean truncated() {
        return beyondHead > end.length;
    }

    String text() {
        String first = head.toString(StandardCharsets.UTF_8);
        if (beyondHead == 0) {
            return first;
        }
        int length = (int) Math.min(beyondHead, end.length);
        byte[] last = new byte[length];
        for (int i = 0; i < length; i++) {
            last[i] = end[(int) ((beyondHead - length + i) % end.length)];
        }
        String missing =
                truncated() ? "\n[%d bytes left out]\n".formatted(beyondHead - end.length) : "";
        return first + missing + new String(last, StandardCharsets.UTF_8);
    }

    private void keep(int length) {
        int toHead = Math.min(length, Processes.KEPT - head.size());
        head.write(buffer, 0, toHead);
        for (int i = toHead; i < length; i++) {
            end[(int) (beyondHead++ % end.length)] = buffer[i];
        }
    }
}
