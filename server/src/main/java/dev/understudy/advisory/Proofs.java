package dev.understudy.advisory;

import dev.understudy.protocol.Digests;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The hashes and signatures that lie beside the documents of a feed. A document that does not
/// agree with its own refuses the whole feed: somebody changed it, or it is not whole. Where the
/// operator gave the provider's keys, every document has to be signed by one of them.
public final class Proofs {
    private final Map<String, String> hashes = new HashMap<>();
    private final Map<String, byte[]> signatures = new HashMap<>();
    private final Optional<OpenPgpKeys> keys;
    private long hashed;
    private long signed;
    private long documents;

    private Proofs(Optional<OpenPgpKeys> keys) {
        this.keys = keys;
    }

    /// The public keys that the operator trusts for a feed.
    @FunctionalInterface
    public interface Keys {
        /// Nobody's: signatures are not looked at.
        Keys NONE = _ -> Optional.empty();

        /// @throws FeedException where the keys are there and cannot be read
        Optional<OpenPgpKeys> of(String feed) throws FeedException;
    }

    public static Proofs of(FeedFile file, Keys keys) throws IOException, FeedException {
        Proofs proofs = new Proofs(keys.of(file.feed()));
        if (file.isCollection()) {
            file.each(
                    name -> name.matches(".*\\.(sha256|sha512|asc)"),
                    (name, in) -> proofs.add(name, in.readAllBytes()));
        }
        file.siblings().forEach(proofs::add);
        return proofs;
    }

    private void add(String name, byte[] content) {
        if (name.endsWith(".asc")) {
            signatures.put(name, content);
        } else {
            String text = new String(content, StandardCharsets.US_ASCII).strip();
            hashes.put(name, text.split("\\s", 2)[0].toLowerCase(Locale.ROOT));
        }
    }

    /// @throws FeedException where the content is not what its siblings say
    public void require(String name, byte[] content) throws FeedException {
        documents++;
        String sha256 = hashes.get(name + ".sha256");
        String sha512 = hashes.get(name + ".sha512");
        if (sha256 != null || sha512 != null) {
            hashed++;
        }
        if ((sha256 != null && !sha256.equals(Digests.sha256(content)))
                || (sha512 != null && !sha512.equals(sha512(content)))) {
            throw new FeedException(name + " does not agree with the hash beside it");
        }
        byte[] signature = signatures.get(name + ".asc");
        if (keys.isPresent()) {
            if (signature == null) {
                throw new FeedException(
                        name + " has no signature beside it, and this feed's keys require one");
            }
            keys.get().require(name, content, signature);
            signed++;
        }
    }

    /// What was not checked; empty where nothing is missing.
    public String note() {
        if (documents == 0 || signed == documents) {
            return "";
        }
        return hashed == documents
                ? ""
                : "%d of %d documents had no hash or signature beside them."
                        .formatted(documents - hashed, documents);
    }

    private static String sha512(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-512").digest(content));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-512", impossible);
        }
    }
}
