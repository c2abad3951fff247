package dev.understudy.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class MountsTest {
    @Test
    void readsMountPointsWithOptionalFieldsAndEscapes() {
        var mounts =
                Mounts.parse(
                        """
                        22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
                        30 22 0:27 / /mnt/a\\040b rw shared:1 master:2 - overlay x rw,lowerdir=/l
                        31 22 0:28 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,name=systemd
                        """);
        assertThat(mounts)
                .containsExactly(
                        new Mounts.Mount(Path.of("/"), "ext4", "rw"),
                        new Mounts.Mount(Path.of("/mnt/a b"), "overlay", "rw,lowerdir=/l"),
                        new Mounts.Mount(
                                Path.of("/sys/fs/cgroup/systemd"), "cgroup", "rw,name=systemd"));
    }
}
