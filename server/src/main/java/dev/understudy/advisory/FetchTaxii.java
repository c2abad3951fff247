package dev.understudy.advisory;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// A TAXII 2.1 client: from a server's discovery, an API root, or one collection to all objects
/// that can be read there, page by page, as lines of STIX objects.
final class FetchTaxii {
    private static final String MEDIA_TYPE = "application/taxii+json;version=2.1";
    private static final int PAGE = 1_000;
    private static final int MOST_PAGES = 10_000;
    private static final int MOST_COLLECTIONS = 200;

    private final Download download;
    private final FeedLimits limits;

    FetchTaxii(Download download, FeedLimits limits) {
        this.download = download;
        this.limits = limits;
    }

    /// @param dateAddedLast of the page's last object, by the server's word; empty if it has none
    private record Page(JsonNode body, String dateAddedLast) {}

    FetchFeed.Fetched fetch(URI url, String authorization)
            throws IOException, InterruptedException, FeedException {
        URI base = folder(url);
        Path temporary = Files.createTempFile("understudy-taxii-", ".tmp");
        try {
            try (OutputStream out = Files.newOutputStream(temporary)) {
                for (URI collection : collections(base, authorization)) {
                    readCollection(collection, authorization, out);
                }
            }
            try (InputStream in = Files.newInputStream(temporary)) {
                return download.copy(in, "objects.jsonl", "", "", null);
            }
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static URI folder(URI url) {
        String text = url.toString().replaceAll("[?#].*", "").replaceAll("/objects/?$", "/");
        return URI.create(text.endsWith("/") ? text : text + "/");
    }

    private List<URI> collections(URI base, String authorization)
            throws IOException, InterruptedException, FeedException {
        if (String.valueOf(base.getPath()).matches(".*/collections/[^/]+/")) {
            return List.of(base);
        }
        JsonNode first = get(base, authorization).body();
        List<URI> found = new ArrayList<>();
        if (first.path("api_roots").isArray()) {
            for (String root : Fields.texts(first, "api_roots")) {
                URI at = folder(base.resolve(uri(root)));
                requireSameServer(base, at);
                addCollections(at, authorization, found);
            }
        } else {
            addCollections(base, authorization, found);
        }
        if (found.isEmpty()) {
            throw new FeedException("%s has no collection that may be read".formatted(base));
        }
        return found;
    }

    /// What lets us in at one server is not told to another.
    private static void requireSameServer(URI base, URI other) throws FeedException {
        if (!String.valueOf(base.getAuthority()).equals(other.getAuthority())
                || !String.valueOf(base.getScheme()).equals(other.getScheme())) {
            throw new FeedException(
                    "%s names an API root on another server, %s; follow that one as a feed of its own"
                            .formatted(base, other));
        }
    }

    private void addCollections(URI root, String authorization, List<URI> found)
            throws IOException, InterruptedException, FeedException {
        JsonNode body = get(root.resolve("collections/"), authorization).body();
        for (JsonNode each : body.path("collections")) {
            if (each.path("can_read").booleanValue(false)) {
                found.add(root.resolve("collections/" + Fields.id(each, "id") + "/"));
            }
            if (found.size() > MOST_COLLECTIONS) {
                throw new FeedException(
                        "%s has more than %d collections".formatted(root, MOST_COLLECTIONS));
            }
        }
    }

    /// Goes on by `next` where the server gives one, else after the time of the last object.
    private void readCollection(URI collection, String authorization, OutputStream out)
            throws IOException, InterruptedException, FeedException {
        String more = "";
        for (int page = 0; page < MOST_PAGES; page++) {
            URI url = collection.resolve("objects/?limit=" + PAGE + more);
            Page read = get(url, authorization);
            for (JsonNode object : read.body().path("objects")) {
                out.write(object.toString().getBytes(StandardCharsets.UTF_8));
                out.write('\n');
            }
            if (!read.body().path("more").booleanValue(false)) {
                return;
            }
            String next = Fields.text(read.body(), "next");
            String onward =
                    !next.isEmpty()
                            ? "&next=" + encoded(next)
                            : read.dateAddedLast().isEmpty()
                                    ? ""
                                    : "&added_after=" + encoded(read.dateAddedLast());
            if (onward.isEmpty() || onward.equals(more)) {
                throw new FeedException(
                        "%s says that there is more and not how to get it".formatted(url));
            }
            more = onward;
        }
        throw new FeedException("%s has more than %d pages".formatted(collection, MOST_PAGES));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static URI uri(String text) throws FeedException {
        try {
            return URI.create(text);
        } catch (IllegalArgumentException e) {
            throw new FeedException("'%s' is not the URL of an API root".formatted(text), e);
        }
    }

    private Page get(URI url, String authorization)
            throws IOException, InterruptedException, FeedException {
        HttpResponse<InputStream> answer =
                download.send(new Download.Request(url, "", "", authorization, MEDIA_TYPE));
        try (InputStream body = answer.body()) {
            if (answer.statusCode() != 200) {
                throw Download.refused(url, answer);
            }
            String type = answer.headers().firstValue("Content-Type").orElse("");
            if (!type.toLowerCase(Locale.ROOT).replace(" ", "").startsWith(MEDIA_TYPE)) {
                throw new FeedException(
                        "%s answers with '%s'; expected %s".formatted(url, type, MEDIA_TYPE));
            }
            JsonNode read =
                    Fields.document(
                            new AllowanceStream(body, limits.documentBytes(), url.toString()));
            if (!read.isObject()) {
                throw new FeedException("%s does not answer with an object".formatted(url));
            }
            return new Page(
                    read, answer.headers().firstValue("X-TAXII-Date-Added-Last").orElse(""));
        } catch (JacksonException e) {
            throw new FeedException(
                    "%s does not answer with JSON: %s".formatted(url, e.getOriginalMessage()), e);
        }
    }
}
