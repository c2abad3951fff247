package dev.understudy.advisory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.advisory.csaf.CsafFormat;
import dev.understudy.protocol.Digests;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A CSAF provider that serves documents by a ROLIE feed or by a directory.
class FetchCsafProviderTest {
    private static final String FEED = "csaf-vendor";
    private static final String METADATA = "/.well-known/csaf/provider-metadata.json";

    @TempDir Path folder = Path.of("");

    private final Map<String, String> served = new TreeMap<>();
    private final FeedServer server =
            new FeedServer(
                    exchange -> {
                        String content = served.get(exchange.getRequestURI().getPath());
                        FeedServer.answer(
                                exchange,
                                content == null ? 404 : 200,
                                content == null
                                        ? new byte[0]
                                        : content.getBytes(StandardCharsets.UTF_8));
                    });

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void followsARolieFeedAndAsksAgainOnlyForWhatChanged() throws Exception {
        serveFeed("WHITE", "2026-03-01T00:00:00Z", "2026-03-01T00:00:00Z");
        assertThat(read().read).isEqualTo(2);
        assertThat(asked("/documents/")).isEqualTo(8);

        server.asked.clear();
        assertThat(read().read).isEqualTo(2);
        assertThat(asked("/documents/")).isZero();

        serveFeed("WHITE", "2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z");
        assertThat(read().read).isEqualTo(2);
        assertThat(asked("/documents/a.json")).isZero();
        assertThat(asked("/documents/b.json")).isEqualTo(4);

        serveFeed("WHITE", "2026-03-01T00:00:00Z");
        assertThat(read().read).isEqualTo(1);
    }

    @Test
    void aDocumentHasToAgreeWithTheHashThatIsListed() throws Exception {
        serveFeed("WHITE", "2026-03-01T00:00:00Z");
        served.put("/documents/a.json.sha256", "0".repeat(64));
        assertThatThrownBy(this::read).hasMessageContaining("does not agree with the hash");
    }

    @Test
    void aHashThatIsListedHasToBeThere() throws Exception {
        serveFeed("WHITE", "2026-03-01T00:00:00Z");
        served.remove("/documents/a.json.sha256");
        assertThatThrownBy(this::read).hasMessageContaining("is listed beside");
    }

    @Test
    void followsADirectoryByItsChangesOrItsIndex() throws Exception {
        served.put(METADATA, "{\"distributions\":[{\"directory_url\":\"/documents\"}]}");
        document("2026/a.json");
        served.put("/documents/index.txt", "2026/a.json\n");
        Collected read = read();
        assertThat(read.read).isEqualTo(1);
        assertThat(read.header().note()).contains("1 of 1 documents had no hash");
        served.put("/documents/changes.csv", "\"2026/a.json\",\"2026-03-01T00:00:00Z\"\n");
        read();
        server.asked.clear();
        assertThat(read().read).isEqualTo(1);
        assertThat(asked("/documents/2026")).isZero();
    }

    @Test
    void leavesOutWhatIsNotForEverybody() throws Exception {
        serveFeed("AMBER", "2026-03-01T00:00:00Z");
        assertThatThrownBy(this::read).hasMessageContaining("leads to no document");
    }

    @Test
    void refusesWhatIsNoProvider() {
        for (Map.Entry<String, String> each :
                Map.of(
                                "{", "is not JSON",
                                "[]", "names no distributions",
                                "{\"distributions\":[{\"directory_url\":\"/nothing/\"}]}",
                                        "neither changes.csv nor index.txt",
                                "{\"distributions\":[{\"rolie\":{\"feeds\":[{\"url\":\"/none\"}]}}]}",
                                        "answers 404")
                        .entrySet()) {
            served.put(METADATA, each.getKey());
            assertThatThrownBy(this::read)
                    .isInstanceOf(FeedException.class)
                    .hasMessageContaining(each.getValue());
        }
    }

    @Test
    void takesNoDocumentFromOutsideItsFolder() {
        served.put(METADATA, "{\"distributions\":[{\"directory_url\":\"/documents\"}]}");
        for (String path : List.of("a b.json", "%2e%2e/x.json", "x.txt", "http://[::1/x.json")) {
            served.put("/documents/index.txt", path + "\n");
            assertThatThrownBy(this::read).isInstanceOf(FeedException.class);
        }
        assertThat(folder.resolve("mirrors").resolve(FEED)).doesNotExist();
    }

    private void serveFeed(String label, String... updated) throws IOException {
        served.put(
                METADATA,
                ("{\"distributions\":[{\"rolie\":{\"feeds\":[{\"tlp_label\":\"%s\","
                                + "\"url\":\"/feed.json\"}]}}]}")
                        .formatted(label));
        List<String> names = List.of("a.json", "b.json").subList(0, updated.length);
        StringBuilder entries = new StringBuilder();
        for (int i = 0; i < names.size(); i++) {
            String content = document(names.get(i));
            served.put("/documents/" + names.get(i) + ".sha256", Digests.sha256(content));
            entries.append(i == 0 ? "" : ",")
                    .append(
                            ("{\"updated\":\"%s\",\"content\":{\"src\":\"/documents/%s\"},"
                                            + "\"link\":[{\"rel\":\"hash\","
                                            + "\"href\":\"/documents/%s.sha256\"}]}")
                                    .formatted(updated[i], names.get(i), names.get(i)));
        }
        served.put("/feed.json", "{\"feed\":{\"id\":\"f\",\"entry\":[" + entries + "]}}");
    }

    private String document(String name) throws IOException {
        String content =
                Files.readString(Collected.testdata("csaf/vex-2026-30001.json"))
                        .replace(
                                "2026-30001", "2026-3000" + name.replaceAll(".*([ab]).json", "$1"));
        served.put("/documents/" + name, content);
        return content;
    }

    private long asked(String path) {
        return server.asked.stream()
                .filter(each -> each.getRequestURI().getPath().startsWith(path))
                .collect(Collectors.counting());
    }

    private Collected read() throws FeedException {
        FeedSecrets secrets = new FeedSecrets(folder);
        FetchFeed fetch = new FetchFeed(FeedLimits.USUAL, secrets, server.tls);
        try (FetchFeed.Fetched fetched = fetch.fetch(FEED, server.url(METADATA), "", "")) {
            FetchFeed.Fetched.Copy copy = (FetchFeed.Fetched.Copy) fetched;
            return Collected.of(new CsafFormat(secrets), copy.file().ofFeed(FEED));
        }
    }
}
