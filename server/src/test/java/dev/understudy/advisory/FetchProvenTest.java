package dev.understudy.advisory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.advisory.csaf.CsafFormat;
import dev.understudy.advisory.updateinfo.UpdateinfoFormat;
import dev.understudy.protocol.Digests;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Feeds that prove that they are whole and whose they are: a real RPM repository made by
/// createrepo_c, and real OpenPGP signatures made by gpg.
class FetchProvenTest {
    @TempDir Path folder = Path.of("");

    @ParameterizedTest
    @ValueSource(strings = {"gz", "xz"})
    @Tag("slow")
    void readsTheUpdateInformationOfARepositoryThroughItsIndex(String packing) throws Exception {
        Path repository = repository(packing);
        Collected read = updates(repository, folder.resolve("none"));
        assertThat(read.read).isEqualTo(2);
        assertThat(read.rejections).isEmpty();
    }

    @Test
    @Tag("slow")
    void refusesUpdateInformationThatIsNotWhatTheIndexSays() throws Exception {
        Path repository = repository("gz");
        try (var files = Files.list(repository.resolve("repodata"))) {
            Path file =
                    files.filter(one -> one.toString().contains("updateinfo"))
                            .findAny()
                            .orElseThrow();
            byte[] content = Files.readAllBytes(file);
            content[content.length - 1] ^= 1;
            Files.write(file, content);
        }
        assertThatThrownBy(() -> updates(repository, folder.resolve("none")))
                .isInstanceOf(FeedException.class)
                .hasMessageContaining("does not have the hash that repomd.xml says");
    }

    @Test
    @Tag("slow")
    void aRepositoryWhoseKeysAreGivenHasToBeSignedByOneOfThem() throws Exception {
        Path repository = repository("gz");
        Path index = repository.resolve("repodata/repomd.xml");
        Path keys = Files.createDirectory(folder.resolve("keys"));
        Files.copy(key("publisher"), keys.resolve("updateinfo-almalinux-9.asc"));
        assertThatThrownBy(() -> updates(repository, keys))
                .hasMessageContaining("this feed's keys require it");
        sign("publisher", index);
        assertThat(updates(repository, keys).read).isEqualTo(2);
        key("somebody-else");
        sign("somebody-else", index);
        assertThatThrownBy(() -> updates(repository, keys))
                .hasMessageContaining("not signed by any of the keys");
    }

    @Test
    @Tag("slow")
    void aCsafDocumentWhoseProvidersKeysAreGivenHasToBeSignedByOneOfThem() throws Exception {
        Path documents = Files.createDirectory(folder.resolve("documents"));
        Path document = documents.resolve("a.json");
        Files.copy(Collected.testdata("csaf/vex-2026-30001.json"), document);
        Path keys = Files.createDirectory(folder.resolve("keys"));
        Files.copy(key("publisher"), keys.resolve("csaf-vendor.asc"));
        assertThatThrownBy(() -> csaf(document.toUri(), keys))
                .hasMessageContaining("a.json has no signature beside it");
        sign("publisher", document);
        assertThat(csaf(document.toUri(), keys).read).isEqualTo(1);
        assertThat(csaf(documents.toUri(), keys).read).isEqualTo(1);
        Files.writeString(document, Files.readString(document) + "\n");
        assertThatThrownBy(() -> csaf(document.toUri(), keys))
                .hasMessageContaining("a.json is not signed by any of the keys");
    }

    @Test
    void aDocumentThatIsServedHasToAgreeWithTheHashServedBesideIt() throws Exception {
        byte[] content = Files.readAllBytes(Collected.testdata("csaf/vex-2026-30001.json"));
        String[] hash = {Digests.sha256(content)};
        try (FeedServer server =
                new FeedServer(
                        exchange -> {
                            String path = exchange.getRequestURI().getPath();
                            boolean known = path.equals("/a.json") || path.endsWith(".sha256");
                            FeedServer.answer(
                                    exchange,
                                    known ? 200 : 404,
                                    !known
                                            ? new byte[0]
                                            : path.equals("/a.json")
                                                    ? content
                                                    : (hash[0] + "  a.json\n")
                                                            .getBytes(StandardCharsets.US_ASCII));
                        })) {
            FetchFeed fetch = new FetchFeed(FeedLimits.USUAL, new FeedSecrets(folder), server.tls);
            assertThat(csaf(fetch, server.url("/a.json"), Proofs.Keys.NONE).header().note())
                    .isEmpty();
            hash[0] = hash[0].replaceFirst("^.", hash[0].startsWith("0") ? "1" : "0");
            assertThatThrownBy(() -> csaf(fetch, server.url("/a.json"), Proofs.Keys.NONE))
                    .hasMessageContaining("does not agree with the hash beside it");
        }
    }

    private Collected updates(Path repository, Path keys) throws FeedException {
        String feed = "updateinfo-almalinux-9";
        FetchFeed fetch = new FetchFeed(FeedLimits.USUAL, new FeedSecrets(keys), null);
        URI url = repository.resolve("repodata/repomd.xml").toUri();
        try (FetchFeed.Fetched fetched = fetch.fetch(feed, url, "", "")) {
            FetchFeed.Fetched.Copy copy = (FetchFeed.Fetched.Copy) fetched;
            return Collected.of(new UpdateinfoFormat(), copy.file().ofFeed(feed));
        }
    }

    private static Collected csaf(URI url, Path keys) throws FeedException {
        FeedSecrets secrets = new FeedSecrets(keys);
        return csaf(new FetchFeed(FeedLimits.USUAL, secrets, null), url, secrets);
    }

    private static Collected csaf(FetchFeed fetch, URI url, Proofs.Keys keys) throws FeedException {
        try (FetchFeed.Fetched fetched = fetch.fetch("csaf-vendor", url, "", "")) {
            FetchFeed.Fetched.Copy copy = (FetchFeed.Fetched.Copy) fetched;
            return Collected.of(new CsafFormat(keys), copy.file().ofFeed("csaf-vendor"));
        }
    }

    private Path repository(String packing) throws Exception {
        Path repository = Files.createDirectory(folder.resolve("repository-" + packing));
        run(List.of("createrepo_c", "--quiet", repository.toString()));
        Path updates = folder.resolve("updateinfo.xml");
        Files.copy(
                Collected.testdata("updateinfo/valid.xml"),
                updates,
                StandardCopyOption.REPLACE_EXISTING);
        run(
                List.of(
                        "modifyrepo_c",
                        "--mdtype=updateinfo",
                        "--compress-type=" + packing,
                        updates.toString(),
                        repository.resolve("repodata").toString()));
        return repository;
    }

    /// Makes a key of that name, and gives its public half.
    private Path key(String name) throws Exception {
        Path home = Files.createDirectories(folder.resolve("gpg-" + name));
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx------"));
        gpg(name, "--quick-generate-key", name + "@example.org", "ed25519", "sign", "never");
        Path file = folder.resolve(name + ".asc");
        gpg(name, "--yes", "--armor", "--output", file.toString(), "--export");
        return file;
    }

    private void sign(String name, Path file) throws Exception {
        gpg(name, "--yes", "--armor", "--detach-sign", "-o", file + ".asc", file.toString());
    }

    private void gpg(String name, String... arguments) throws Exception {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "gpg",
                                "--homedir",
                                folder.resolve("gpg-" + name).toString(),
                                "--batch",
                                "--passphrase",
                                ""));
        command.addAll(List.of(arguments));
        run(command);
    }

    private static void run(List<String> command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(Map.of("LC_ALL", "C"));
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            Assumptions.abort(command.getFirst() + " is not installed");
            throw e;
        }
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as("%s: %s", command, said).isZero();
    }
}
