package dev.understudy.governance;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/// One entry of the audit trail. `hash` is the SHA-256 of the hash before it and of the entry's
/// content, each text preceded by its length, so that no two contents share an encoding.
public record AuditEntry(
        long sequence,
        Instant at,
        String actor,
        String action,
        String subject,
        Map<String, String> details,
        String previous,
        String hash) {
    /// What the first entry names as the hash before it.
    public static final String START = "0".repeat(64);

    public AuditEntry {
        if (sequence < 1) {
            throw new IllegalArgumentException(
                    "audit entry %d; the first is 1".formatted(sequence));
        }
        at = at.truncatedTo(ChronoUnit.MICROS);
        details = Collections.unmodifiableSortedMap(new TreeMap<>(details));
        previous = hex(previous, "previous");
        hash = hex(hash, "hash");
    }

    /// The entry that follows the one with hash `previous`.
    static AuditEntry following(
            String previous,
            long sequence,
            Instant at,
            String actor,
            String action,
            String subject,
            Map<String, String> details) {
        AuditEntry draft =
                new AuditEntry(sequence, at, actor, action, subject, details, previous, START);
        return new AuditEntry(
                sequence, at, actor, action, subject, details, previous, draft.computed());
    }

    /// The hash that the content asks for.
    public String computed() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(HexFormat.of().parseHex(previous));
            return HexFormat.of().formatHex(digest.digest(content()));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }

    private byte[] content() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeLong(sequence);
            out.writeLong(at.getEpochSecond());
            out.writeInt(at.getNano());
            text(out, actor);
            text(out, action);
            text(out, subject);
            out.writeInt(details.size());
            for (Map.Entry<String, String> detail : details.entrySet()) {
                text(out, detail.getKey());
                text(out, detail.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void text(DataOutputStream out, String text) throws IOException {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(utf8.length);
        out.write(utf8);
    }

    private static String hex(String hash, String name) {
        if (!hash.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException(
                    "%s is not a SHA-256 in lower-case hex: '%s'".formatted(name, hash));
        }
        return hash;
    }
}
