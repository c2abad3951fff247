package dev.understudy.advisory;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/// Ends with an error instead of giving more than its allowance.
public final class AllowanceStream extends FilterInputStream {
    private final String what;
    private final long allowance;
    private long left;

    AllowanceStream(InputStream in, long allowance, String what) {
        super(in);
        this.allowance = allowance;
        this.left = allowance;
        this.what = what;
    }

    /// Starts the allowance anew, for the next document of the same stream.
    public void renew() {
        left = allowance;
    }

    @Override
    public int read() throws IOException {
        int value = super.read();
        if (value >= 0) {
            take(1);
        }
        return value;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int count = super.read(bytes, offset, length);
        if (count > 0) {
            take(count);
        }
        return count;
    }

    @Override
    public boolean markSupported() {
        return false;
    }

    private void take(int count) throws IOException {
        left -= count;
        if (left < 0) {
            throw new IOException(
                    "%s is larger than the %d bytes that are allowed".formatted(what, allowance));
        }
    }
}
