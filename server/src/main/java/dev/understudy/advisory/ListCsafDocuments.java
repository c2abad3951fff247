package dev.understudy.advisory;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;

/// Lists the documents that a CSAF provider publishes, as its `provider-metadata.json` says: by
/// ROLIE feeds, or by directories with `changes.csv` or at least `index.txt` (CSAF 2.0, section
/// 7.1). What is marked as not for everybody is read only with an authorization.
final class ListCsafDocuments {
    private static final int METADATA_BYTES = 4 << 20;
    private static final Set<String> FOR_ALL = Set.of("", "WHITE", "CLEAR", "UNLABELED");
    private static final Pattern PATH = Pattern.compile("[A-Za-z0-9._+/-]{1,500}");
    private static final Pattern CHANGE =
            Pattern.compile("\"?([^\",]+)\"?\\s*,\\s*\"?([^\",]+)\"?\\s*");

    private final Download download;
    private final FeedLimits limits;
    private final String authorization;
    private final Map<String, Listed> found = new LinkedHashMap<>();

    ListCsafDocuments(Download download, FeedLimits limits, String authorization) {
        this.download = download;
        this.limits = limits;
        this.authorization = authorization;
    }

    /// One document.
    ///
    /// @param name below what it is kept here, unique among a provider's
    /// @param updated null where only a name is published
    /// @param proofs the endings of hashes and signatures that have to lie beside it, with their
    ///   URLs
    record Listed(String name, URI url, @Nullable Instant updated, Map<String, URI> proofs) {
        Listed {
            proofs = Map.copyOf(proofs);
        }
    }

    List<Listed> of(URI metadata) throws IOException, InterruptedException, FeedException {
        byte[] content =
                download.small(Download.Request.of(metadata, authorization), METADATA_BYTES)
                        .orElseThrow(() -> new FeedException(metadata + " is not there"));
        JsonNode root;
        try {
            root = Fields.JSON.readTree(content);
        } catch (JacksonException e) {
            throw new FeedException("%s is not JSON".formatted(metadata), e);
        }
        if (!root.path("distributions").isArray()) {
            throw new FeedException("%s names no distributions".formatted(metadata));
        }
        boolean rolie = false;
        for (JsonNode each : root.path("distributions")) {
            for (JsonNode feed : each.path("rolie").path("feeds")) {
                rolie = true;
                if (mayRead(Fields.text(feed, "tlp_label"))) {
                    readFeed(metadata.resolve(uri(Fields.text(feed, "url"))));
                }
            }
        }
        // Where there are feeds, directories hold the same documents once more.
        for (JsonNode each : root.path("distributions")) {
            String directory = Fields.text(each, "directory_url");
            if (!rolie && !directory.isEmpty()) {
                readDirectory(
                        metadata.resolve(
                                uri(directory.endsWith("/") ? directory : directory + "/")));
            }
        }
        if (found.isEmpty()) {
            throw new FeedException("%s leads to no document".formatted(metadata));
        }
        return List.copyOf(found.values());
    }

    private boolean mayRead(String label) {
        return FOR_ALL.contains(label.toUpperCase(Locale.ROOT)) || !authorization.isEmpty();
    }

    /// Entry by entry: a large provider's feed names hundreds of thousands of documents.
    private void readFeed(URI url) throws IOException, InterruptedException, FeedException {
        requireSameServer(url, url);
        FetchFeed.Fetched fetched = download.get(Download.Request.of(url, authorization));
        if (!(fetched instanceof FetchFeed.Fetched.Copy copy)) {
            throw new FeedException("%s says it is as it was, though unasked".formatted(url));
        }
        try (copy;
                InputStream in = copy.file().open();
                JsonParser json = Fields.JSON.createParser(in)) {
            boolean entries = false;
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                if (token == JsonToken.PROPERTY_NAME && json.currentName().equals("entry")) {
                    if (json.nextToken() != JsonToken.START_ARRAY) {
                        break;
                    }
                    entries = true;
                    while (json.nextToken() == JsonToken.START_OBJECT) {
                        JsonNode entry = Fields.JSON.readTree(json);
                        readEntry(url, entry);
                    }
                }
            }
            if (!entries) {
                throw new FeedException("%s is no ROLIE feed: it has no entries".formatted(url));
            }
        } catch (JacksonException e) {
            throw new FeedException("%s is not JSON".formatted(url), e);
        }
    }

    private void readEntry(URI feed, JsonNode entry) throws FeedException {
        String self = Fields.text(entry.path("content"), "src");
        Map<String, URI> proofs = new LinkedHashMap<>();
        for (JsonNode link : entry.path("link")) {
            String href = Fields.text(link, "href");
            switch (Fields.text(link, "rel")) {
                case "self" -> self = self.isEmpty() ? href : self;
                case "hash" ->
                        proofs.put(
                                href.endsWith(".sha512") ? ".sha512" : ".sha256",
                                feed.resolve(uri(href)));
                case "signature" -> proofs.put(".asc", feed.resolve(uri(href)));
                default -> {}
            }
        }
        add(feed, self, Fields.instant(entry, "updated"), proofs);
    }

    private void readDirectory(URI directory)
            throws IOException, InterruptedException, FeedException {
        URI changes = directory.resolve("changes.csv");
        if (!readLines(changes, line -> readChange(directory, changes, line))
                && !readLines(
                        directory.resolve("index.txt"),
                        line -> add(directory, line.strip(), null, Map.of()))) {
            throw new FeedException(
                    "%s has neither changes.csv nor index.txt".formatted(directory));
        }
    }

    private void readChange(URI directory, URI changes, String line) throws FeedException {
        Matcher matcher = CHANGE.matcher(line);
        if (!matcher.matches()) {
            throw new FeedException("%s has the line '%s'".formatted(changes, line));
        }
        add(directory, matcher.group(1), Fields.instant(matcher.group(2)), Map.of());
    }

    private interface LineTaker {
        void take(String line) throws FeedException;
    }

    private boolean readLines(URI url, LineTaker taker)
            throws IOException, InterruptedException, FeedException {
        byte[] content =
                download.small(
                                Download.Request.of(url, authorization),
                                (int) Math.min(limits.documentBytes(), Integer.MAX_VALUE))
                        .orElse(null);
        if (content == null) {
            return false;
        }
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(
                                new java.io.ByteArrayInputStream(content),
                                StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.isBlank()) {
                    taker.take(line);
                }
            }
        }
        return true;
    }

    /// The newest mention of a document counts.
    private void add(URI base, String href, @Nullable Instant updated, Map<String, URI> proofs)
            throws FeedException {
        URI url = base.resolve(uri(href));
        requireSameServer(base, url);
        for (URI proof : proofs.values()) {
            requireSameServer(base, proof);
        }
        String path = String.valueOf(url.getPath());
        if (!PATH.matcher(path).matches() || path.contains("..") || !path.endsWith(".json")) {
            throw new FeedException("%s names '%s' as a document".formatted(base, href));
        }
        String name = path.replaceFirst("^/+", "").replace('/', '_');
        Listed before = found.get(name);
        if (before == null
                || (updated != null
                        && before.updated() != null
                        && updated.isAfter(before.updated()))) {
            found.put(name, new Listed(name, url, updated, proofs));
        }
        if (found.size() > limits.documents()) {
            throw new FeedException(
                    "%s names more than the %d documents that are allowed"
                            .formatted(base, limits.documents()));
        }
    }

    /// What lets us in at one server is not told to another.
    private void requireSameServer(URI base, URI other) throws FeedException {
        if (!authorization.isEmpty()
                && !String.valueOf(base.getAuthority())
                        .equals(String.valueOf(other.getAuthority()))) {
            throw new FeedException(
                    "%s names %s on another server, which is not told what lets us in here"
                            .formatted(base, other));
        }
    }

    private static URI uri(String text) throws FeedException {
        try {
            return URI.create(text);
        } catch (IllegalArgumentException e) {
            throw new FeedException("'%s' is not the URL of a CSAF document".formatted(text), e);
        }
    }
}
