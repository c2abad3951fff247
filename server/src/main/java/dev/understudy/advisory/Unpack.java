package dev.understudy.advisory;

import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/// Takes away how a document is packed, told by its first bytes: gzip, zstd, xz, or not at all.
final class Unpack {
    private static final int ZIP = 0x504b0304;
    private static final int ZIP_EMPTY = 0x504b0506;
    private static final int GZIP = 0x1f8b;
    private static final int ZSTD = 0x28b52ffd;
    private static final int XZ = 0xfd377a58;
    private static final int TAR_HEADER = 512;
    private static final int TAR_MAGIC = 257;

    /// More memory than this no honest xz file of a feed asks for.
    private static final int XZ_KIBIBYTES = 128 << 10;

    private static final int ZSTD_LONGEST_WINDOW = 27;

    /// A server may pack once more what its publisher packed already.
    private static final int LAYERS = 2;

    private Unpack() {}

    /// What `in` holds, never more than `most` bytes.
    static InputStream layers(InputStream in, String name, long most) throws IOException {
        InputStream content = buffered(in);
        for (int layer = 0; layer < LAYERS; layer++) {
            InputStream inner = inner(content);
            if (inner == null) {
                return content;
            }
            content = buffered(new AllowanceStream(inner, most, name + " unpacked"));
        }
        return content;
    }

    private static @Nullable InputStream inner(InputStream in) throws IOException {
        int magic = magic(in);
        if (magic >>> 16 == GZIP) {
            return new GZIPInputStream(in, 1 << 16);
        }
        if (magic == ZSTD) {
            return new ZstdInputStream(in).setLongMax(ZSTD_LONGEST_WINDOW);
        }
        return magic == XZ ? new XZInputStream(in, XZ_KIBIBYTES) : null;
    }

    static boolean isZip(InputStream in) throws IOException {
        int magic = magic(in);
        return magic == ZIP || magic == ZIP_EMPTY;
    }

    static boolean isTar(InputStream in) throws IOException {
        in.mark(TAR_HEADER);
        byte[] header = in.readNBytes(TAR_HEADER);
        in.reset();
        return header.length == TAR_HEADER
                && new String(header, TAR_MAGIC, 5, StandardCharsets.US_ASCII).equals("ustar");
    }

    /// Leaves `in` open when it is closed: whoever opened it closes it.
    static InputStream keptOpen(InputStream in) {
        return new FilterInputStream(in) {
            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                return in.read(bytes, offset, length);
            }

            @Override
            public void close() {
                // Said above.
            }
        };
    }

    static BufferedInputStream buffered(InputStream in) {
        return new BufferedInputStream(in, 1 << 16);
    }

    private static int magic(InputStream in) throws IOException {
        in.mark(4);
        byte[] first = in.readNBytes(4);
        in.reset();
        int magic = 0;
        for (int i = 0; i < 4; i++) {
            magic = magic << 8 | (i < first.length ? first[i] & 0xff : 0);
        }
        return magic;
    }
}
