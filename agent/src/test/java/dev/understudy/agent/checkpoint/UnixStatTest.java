package dev.understudy.agent.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnixStatTest {
    @TempDir Path folder;

    @Test
    void isWhatJavaSaysOfEveryKindOfPath() throws IOException {
        Path file = Files.write(folder.resolve("file"), new byte[70_000]);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-x--x"));
        Files.createLink(folder.resolve("second name"), file);
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("nowhere"));
        Stream<Path> devices =
                Stream.of("/dev/null", "/dev/loop0", "/dev/sda", "/dev/vda")
                        .map(Path::of)
                        .filter(Files::exists);
        List<Path> paths =
                Stream.concat(Stream.of(folder, file, link, Path.of("/")), devices).toList();

        for (Path path : paths) {
            assertThat(Libc.stat(path)).as(path.toString()).contains(UnixStat.byJava(path));
        }
    }

    @Test
    void ofAPathThatIsNotThereIsThatError() {
        assertThatThrownBy(() -> UnixStat.of(folder.resolve("gone")))
                .isInstanceOf(NoSuchFileException.class);
    }
}
