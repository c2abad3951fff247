package dev.understudy.agent.twin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.agent.twin.MountPlan.Kind;
import dev.understudy.agent.twin.MountPlan.LeftOut;
import dev.understudy.agent.twin.MountPlan.Mount;
import org.junit.jupiter.api.Test;

class MountPlanTest {
    private static final String SERVER =
            """
            22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw,errors=remount-ro
            23 22 0:5 / /dev rw,nosuid shared:2 - devtmpfs udev rw,size=4015888k
            24 23 0:21 / /dev/shm rw,nosuid,nodev shared:3 - tmpfs tmpfs rw
            25 22 0:22 / /proc rw,nosuid shared:4 - proc proc rw
            26 22 0:23 / /sys rw,nosuid shared:5 - sysfs sysfs rw
            27 22 0:24 / /run rw,nosuid shared:6 - tmpfs tmpfs rw,size=806480k
            28 22 8:2 / /var rw,relatime shared:7 - xfs /dev/sda2 rw
            29 22 8:3 / /boot/efi rw,relatime shared:8 - vfat /dev/sda3 rw
            30 22 7:0 / /snap/core/1 ro,nodev shared:9 - squashfs /dev/loop0 ro
            31 22 0:40 / /srv/share rw shared:10 - nfs4 10.0.0.5:/share rw
            32 31 8:4 / /srv/share/local rw shared:11 - ext4 /dev/sdb1 rw
            33 28 0:50 / /var/lib/docker/overlay2/x/merged rw - overlay overlay rw
            34 22 8:5 / /home\\040old rw shared:12 - ext4 /dev/sdb2 rw
            35 22 0:60 / /mnt/s3 rw - fuse.s3fs s3fs rw
            36 22 0:61 / /misc rw - autofs systemd-1 rw
            37 28 8:6 / /var rw,relatime shared:13 - ext4 /dev/sdc1 rw
            38 22 8:1 /x /etc/resolv.conf rw - ext4 /dev/sda1 rw
            """;

    private static final java.util.Set<String> DIRECTORIES =
            java.util.Set.of(
                    "/", "/var", "/boot/efi", "/snap/core/1", "/srv/share/local", "/home old");

    private final MountPlan plan = MountPlan.of(SERVER, DIRECTORIES, at -> true);

    @Test
    void givesEveryRealFileSystemALayerOfItsOwn() {
        assertThat(plan.layers()).containsExactly("/", "/home old", "/var");
    }

    @Test
    void bindsWhatIsReadOnlyOrCannotBeALowerLayer() {
        assertThat(plan.mounts())
                .contains(
                        new Mount("/snap/core/1", Kind.BIND),
                        new Mount("/etc/resolv.conf", Kind.BIND));
    }

    @Test
    void copiesWhatOverlayfsRefusesAndSaysWhereThatIsTooLarge() {
        assertThat(plan.mounts()).contains(new Mount("/boot/efi", Kind.COPY));
        assertThat(plan.copies()).containsExactly("/boot/efi");
        MountPlan large = MountPlan.of(SERVER, DIRECTORIES, at -> false);
        assertThat(large.mounts()).contains(new Mount("/boot/efi", Kind.BIND));
        assertThat(large.leftOut()).extracting(LeftOut::at).contains("/boot/efi");
    }

    @Test
    void leavesOutNetworkFileSystemsAndNamesThem() {
        assertThat(plan.leftOut())
                .containsExactly(
                        new LeftOut("/srv/share", "a file system of type nfs4"),
                        new LeftOut("/srv/share/local", "below a file system that is left out"),
                        new LeftOut("/mnt/s3", "a file system of type fuse.s3fs"));
    }

    @Test
    void takesTheUppermostOfTwoMountsAtOnePlace() {
        assertThat(plan.mounts().stream().filter(mount -> mount.at().equals("/var"))).hasSize(1);
    }

    @Test
    void refusesWhatIsNotMountinfo() {
        assertThatThrownBy(() -> MountPlan.of("22 1 8:1 / /\n", DIRECTORIES, at -> true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("22 1 8:1");
    }
}
