package dev.understudy.advisory;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Gets the update information of an RPM repository: the file that its index, `repomd.xml`, names,
/// which has to have the size and the hash that the index says. Where the operator gave the
/// repository's keys, the index has to be signed (`repomd.xml.asc`).
final class FetchRepository {
    private static final int INDEX_BYTES = 4 << 20;
    private static final int SIGNATURE_BYTES = 64 << 10;
    private static final String INDEX = "repomd.xml";

    private final Download download;
    private final FeedSecrets secrets;

    FetchRepository(Download download, FeedSecrets secrets) {
        this.download = download;
        this.secrets = secrets;
    }

    /// What the index says of the update information.
    private record Named(String href, String algorithm, String hash) {}

    FetchFeed.Fetched fetch(String feed, Download.Request request)
            throws IOException, InterruptedException, FeedException {
        FetchFeed.Fetched index = download.get(request);
        if (!String.valueOf(request.url().getPath()).endsWith("/" + INDEX)
                || !(index instanceof FetchFeed.Fetched.Copy copy)) {
            return index;
        }
        try (copy) {
            if (Files.size(copy.file().path()) > INDEX_BYTES) {
                throw new FeedException(
                        INDEX
                                + " is larger than the %d bytes that are allowed"
                                        .formatted(INDEX_BYTES));
            }
            byte[] content = Files.readAllBytes(copy.file().path());
            requireSigned(feed, request, content);
            Named named = find(content);
            URI url = request.url().resolve("..").resolve(named.href());
            FetchFeed.Fetched fetched =
                    download.get(Download.Request.of(url, request.authorization()));
            if (!(fetched instanceof FetchFeed.Fetched.Copy updates)) {
                throw new FeedException("%s says it is as it was, though unasked".formatted(url));
            }
            if (named.algorithm().equals("sha256") && !updates.sha256().equals(named.hash())) {
                updates.close();
                throw new FeedException(
                        "%s does not have the hash that %s says".formatted(url, INDEX));
            }
            // Asked for again by what the index said: it changes whenever a file of it does.
            return new FetchFeed.Fetched.Copy(
                    updates.file(),
                    updates.temporary(),
                    updates.sha256(),
                    copy.etag(),
                    copy.lastModified(),
                    copy.modified());
        }
    }

    private void requireSigned(String feed, Download.Request request, byte[] index)
            throws IOException, InterruptedException, FeedException {
        Optional<OpenPgpKeys> keys = secrets.of(feed);
        if (keys.isEmpty()) {
            return;
        }
        URI url = URI.create(request.url() + ".asc");
        Optional<byte[]> signature =
                download.small(Download.Request.of(url, request.authorization()), SIGNATURE_BYTES);
        if (signature.isEmpty()) {
            throw new FeedException(
                    "%s is not there, and this feed's keys require it".formatted(url));
        }
        keys.get().require(INDEX, index, signature.get());
    }

    /// Only hashes that cannot be forged are taken: SHA-256, as every repository of today has.
    private static Named find(byte[] index) throws FeedException {
        String href = "";
        Map.Entry<String, String> checksum = Map.entry("", "");
        try (StrictXml xml = StrictXml.of(new ByteArrayInputStream(index))) {
            boolean inside = false;
            while (xml.next()) {
                if (xml.element().equals("data")) {
                    inside = xml.attribute("type").equals("updateinfo");
                } else if (inside && xml.element().equals("checksum")) {
                    String algorithm = xml.attribute("type").toLowerCase(Locale.ROOT);
                    checksum = Map.entry(algorithm, xml.text());
                } else if (inside && xml.element().equals("location")) {
                    href = xml.attribute("href");
                }
            }
        }
        if (href.isEmpty()) {
            throw new FeedException("the repository's index names no update information");
        }
        if (!checksum.getKey().equals("sha256") || !href.matches("[A-Za-z0-9._/-]{1,500}")) {
            throw new FeedException(
                    "the repository's index names '%s' with a hash of kind '%s'; sha256 is expected"
                            .formatted(href, checksum.getKey()));
        }
        return new Named(href, checksum.getKey(), checksum.getValue());
    }
}
