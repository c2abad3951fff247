package dev.understudy.agent.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WholeFileTest {
    @TempDir Path folder;

    @Test
    void replacesAFileInAFolderThatMayBeMissingAndLeavesNothingElse() throws IOException {
        Path file = folder.resolve("a/b/file");
        for (String content : List.of("one", "", "another")) {
            WholeFile.write(file, content.getBytes(UTF_8), WholeFile.PRIVATE);
            assertThat(file).hasContent(content);
            assertThat(permissions(file)).isEqualTo("rw-------");
        }
        WholeFile.write(file, "for all".getBytes(UTF_8), WholeFile.PUBLIC);
        assertThat(permissions(file)).isEqualTo("rw-r--r--");
        assertThat(names(folder.resolve("a/b"))).containsExactly("file");
    }

    @Test
    void takesNoNoticeOfWhatAnEarlierOneLeft() throws IOException {
        Path file = folder.resolve("file");
        Path left = folder.resolve(".file.new");
        Files.writeString(left, "cut off by a crash and longer than the rest");
        Files.setPosixFilePermissions(left, PosixFilePermissions.fromString("rwxrwxrwx"));
        WholeFile.write(file, "whole".getBytes(UTF_8), WholeFile.PRIVATE);
        assertThat(file).hasContent("whole");
        assertThat(permissions(file)).isEqualTo("rw-------");
        assertThat(names(folder)).containsExactly("file");
    }

    @Test
    void writesThroughNoLinkThatSomebodyLaidInTheWay() throws IOException {
        Path other = Files.writeString(folder.resolve("other"), "theirs");
        Files.createSymbolicLink(folder.resolve(".file.new"), other);
        Files.createSymbolicLink(folder.resolve("file"), other);
        WholeFile.write(folder.resolve("file"), "ours".getBytes(UTF_8), WholeFile.PRIVATE);
        assertThat(other).hasContent("theirs");
        assertThat(folder.resolve("file")).isRegularFile().hasContent("ours");
    }

    @Test
    void leavesTheOldOneWhereTheNewOneCannotBePut() throws IOException {
        Path file = folder.resolve("file");
        Files.createDirectories(file.resolve("inside"));
        assertThatThrownBy(() -> WholeFile.write(file, new byte[1], WholeFile.PRIVATE))
                .isInstanceOf(IOException.class);
        assertThat(file.resolve("inside")).isDirectory();
    }

    private static String permissions(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
