package dev.understudy.agent.facts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.agent.exec.Command;
import dev.understudy.agent.exec.Output;
import dev.understudy.agent.exec.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationDigestTest {
    @TempDir Path one;
    @TempDir Path other;

    @Test
    void equallyConfiguredHostsHaveOneDigestWhateverTheyAreCalled() throws Exception {
        host(one, "web-1");
        host(other, "web-2");
        assertThat(digest(one)).isEqualTo(digest(other));
    }

    @Test
    void aSettingAFileMoreALinkAndAModeEachMakeADifference() throws Exception {
        host(one, "web-1");
        String before = digest(one);
        write(one, "etc/nginx/nginx.conf", "workers 8;");
        String setting = digest(one);
        write(one, "etc/drill/special", "");
        String more = digest(one);
        Files.createSymbolicLink(one.resolve("etc/nginx/on"), Path.of("nginx.conf"));
        String link = digest(one);
        Files.setPosixFilePermissions(
                one.resolve("etc/nginx/nginx.conf"), PosixFilePermissions.fromString("rw-------"));
        assertThat(List.of(before, setting, more, link, digest(one))).doesNotHaveDuplicates();
    }

    @Test
    void keysPasswordsIdentityAndWhatChangesByItselfMakeNone() throws Exception {
        host(one, "web-1");
        String before = digest(one);
        write(one, "etc/ssh/ssh_host_key", "-----BEGIN OPENSSH PRIVATE KEY-----\nother");
        write(one, "etc/ssh/ssh_host_key.pub", "ssh-ed25519 BBBB root@web-1");
        write(one, "etc/shadow", "root:$y$other:1:");
        write(one, "etc/machine-id", "2222");
        write(one, "etc/resolv.conf", "nameserver 10.0.0.9");
        write(one, "etc/passwd-", "older");
        write(one, "etc/lvm/archive/vg_00001.vg", "a copy");
        Files.createDirectories(one.resolve("etc/lvm/archive"));
        write(one, "etc/ld.so.cache", "newer");
        assertThat(digest(one)).isEqualTo(before);
    }

    @Test
    void tooMuchToReadIsNotComparedAndSaysSo() throws Exception {
        host(one, "web-1");
        Files.createDirectories(one.resolve("etc/many"));
        for (int i = 0; i <= 50; i++) {
            write(one, "etc/many/" + i, "");
        }
        List<String> missing = new ArrayList<>();
        assertThat(new ConfigurationDigest(new Folder(one), 50).of(missing)).isEmpty();
        assertThat(missing).singleElement().asString().contains("more than 50");
    }

    private static void host(Path root, String name) throws IOException {
        write(root, "proc/sys/kernel/hostname", name + "\n");
        write(root, "etc/hostname", name);
        write(root, "etc/hosts", "127.0.1.1 " + name);
        write(root, "etc/machine-id", name.repeat(3));
        write(root, "etc/nginx/nginx.conf", "workers 4;");
        write(root, "etc/postfix/main.cf", "myhostname = %s.example\n".formatted(name));
        write(root, "etc/ssh/ssh_host_key", "-----BEGIN OPENSSH PRIVATE KEY-----\n" + name);
        write(root, "etc/ssh/ssh_host_key.pub", "ssh-ed25519 AAAA root@" + name);
        write(root, "etc/shadow", "root:$y$%s:1:".formatted(name));
        Files.createDirectories(root.resolve("etc/lvm/archive"));
        Files.createDirectories(root.resolve("etc/drill"));
    }

    private static void write(Path root, String name, String content) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    private static String digest(Path root) {
        List<String> missing = new ArrayList<>();
        String digest = new ConfigurationDigest(new Folder(root)).of(missing).orElseThrow();
        assertThat(missing).isEmpty();
        return digest;
    }

    /// A folder as if it were a host on which nothing runs.
    private static class Folder implements Place {
        private final Path root;

        Folder(Path root) {
            this.root = root;
        }

        @Override
        public Output run(Command command) {
            throw new AssertionError("nothing runs here: " + command);
        }

        @Override
        public Path path(String absolute) {
            return root.resolve(absolute.substring(1));
        }
    }
}
