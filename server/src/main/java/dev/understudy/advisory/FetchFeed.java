package dev.understudy.advisory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// Gets a feed: one document and what lies beside it, the update information that a package
/// repository's index names, all documents of a CSAF provider, or all objects of TAXII collections.
public final class FetchFeed {
    private static final List<String> BESIDE = List.of(".sha256", ".sha512", ".asc");
    private static final int BESIDE_BYTES = 64 << 10;

    private final Download download;
    private final FeedSecrets secrets;
    private final FetchRepository repository;
    private final FetchTaxii taxii;
    private final FetchCsafProvider provider;

    /// @param tls whom to trust; null for the usual authorities
    public FetchFeed(FeedLimits limits, FeedSecrets secrets, @Nullable SSLContext tls) {
        this.download = new Download(limits, tls);
        this.secrets = secrets;
        this.repository = new FetchRepository(download, secrets);
        this.taxii = new FetchTaxii(download, limits);
        this.provider = new FetchCsafProvider(download, limits, secrets.mirrors());
    }

    /// What came.
    public sealed interface Fetched extends AutoCloseable {
        /// The server says that it is as it was.
        record NotModified() implements Fetched {}

        /// A copy on disk, deleted on close.
        ///
        /// @param modified when it was last changed, by its server or file system
        record Copy(
                FeedFile file,
                @Nullable Path temporary,
                String sha256,
                String etag,
                String lastModified,
                @Nullable Instant modified)
                implements Fetched {
            Copy with(FeedFile other) {
                return new Copy(other, temporary, sha256, etag, lastModified, modified);
            }

            @Override
            public void close() {
                try {
                    if (temporary != null) {
                        Files.deleteIfExists(temporary);
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }

        @Override
        default void close() {}
    }

    /// @param feed whose credentials to use, and whose kind says how to fetch
    /// @param etag, lastModified what the server said with the data in force; empty if nothing
    Fetched fetch(String feed, URI url, String etag, String lastModified) throws FeedException {
        try {
            String authorization = secrets.authorization(feed).orElse("");
            Download.Request request =
                    new Download.Request(url, etag, lastModified, authorization, "");
            return switch (FeedStatus.kindOf(feed)) {
                case "taxii" -> taxii.fetch(url, authorization);
                case "updateinfo" -> repository.fetch(feed, request);
                case "csaf" ->
                        String.valueOf(url.getPath()).endsWith("/" + FetchCsafProvider.METADATA)
                                ? provider.fetch(feed, url, authorization)
                                : withBeside(request);
                default -> download.get(request);
            };
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FeedException("fetching %s was interrupted".formatted(url), e);
        } catch (IOException | UncheckedIOException e) {
            throw new FeedException("%s cannot be fetched: %s".formatted(url, told(e)), e);
        }
    }

    /// A document with the hashes and signatures that lie beside it.
    private Fetched withBeside(Download.Request request)
            throws IOException, InterruptedException, FeedException {
        Fetched fetched = download.get(request);
        if (!(fetched instanceof Fetched.Copy copy)
                || !String.valueOf(request.url().getPath()).endsWith(".json")) {
            return fetched;
        }
        Map<String, byte[]> beside = new HashMap<>();
        try {
            for (String ending : BESIDE) {
                URI url = URI.create(request.url() + ending);
                download.small(Download.Request.of(url, request.authorization()), BESIDE_BYTES)
                        .ifPresent(content -> beside.put(copy.file().name() + ending, content));
            }
        } catch (IOException | InterruptedException | FeedException | RuntimeException e) {
            copy.close();
            throw e;
        }
        return copy.with(copy.file().with(beside));
    }

    private static String told(Exception e) {
        String kind = e.getClass().getSimpleName();
        return e instanceof FileSystemException || e.getMessage() == null
                ? kind
                : kind + ": " + e.getMessage();
    }
}
