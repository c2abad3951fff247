package dev.understudy.agent.packages;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DamagedListsTest {
    private static final String HASH = "61f27bd17de546264aa58f40f3aafaac";
    private static final String RELEASE =
            """
            -----BEGIN PGP SIGNED MESSAGE-----
            Hash: SHA256

            Origin: Debian
            SHA256:
             %1$s        0 main/binary-arm64/Packages
             %1$s        5 main/binary-amd64/Packages
             %1$s        3 main/binary-amd64/Packages.xz
             %1$s        7 main/odd_name+x/Packages
            """
                    .formatted(HASH);

    @TempDir Path lists;

    @Test
    void listsOfTheRightLengthAreWhole() throws IOException {
        write("a.example_dists_x_InRelease", RELEASE);
        write("a.example_dists_x_main_binary-amd64_Packages", "12345");
        write("a.example_dists_x_main_binary-arm64_Packages", "");
        write("a.example_dists_x_main_odd%5fname+x_Packages", "1234567");
        write("a.example_dists_x_main_i18n_Translation-en", "of no known length");
        write("lock", "");
        Files.createDirectory(lists.resolve("partial"));
        assertThat(DamagedLists.in(lists)).isEmpty();
        assertThat(DamagedLists.in(lists.resolve("missing"))).isEmpty();
    }

    @Test
    void listsThatAreCutOffOrEmptyAreDamaged() throws IOException {
        write("a.example_dists_x_Release", RELEASE);
        Path cut = write("a.example_dists_x_main_binary-amd64_Packages", "1234");
        Path compressed = write("a.example_dists_x_main_binary-amd64_Packages.xz", "12");
        Path recompressed = write("a.example_dists_x_main_binary-amd64_Packages.lz4", "");
        Path odd = write("a.example_dists_x_main_odd%5fname+x_Packages", "");
        assertThat(DamagedLists.in(lists))
                .containsExactlyInAnyOrder(cut, compressed, recompressed, odd);
    }

    @Test
    void anEmptyReleaseFileIsDamagedButOneWithoutSizesOnlySaysNothing() throws IOException {
        Path release = write("a.example_dists_x_InRelease", "");
        write("a.example_dists_x_main_binary-amd64_Packages", "12345");
        write("b.example_dists_x_InRelease", RELEASE);
        write("c.example_._Release", "Origin: Test\n");
        write("c.example_._Packages", "12345");
        assertThat(DamagedLists.in(lists)).containsExactly(release);
    }

    private Path write(String name, String content) throws IOException {
        return Files.writeString(lists.resolve(name), content);
    }
}
