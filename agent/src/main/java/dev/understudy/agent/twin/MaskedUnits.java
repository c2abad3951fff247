package dev.understudy.agent.twin;

import java.util.List;

/// The units that must not run a second time, or cannot run in a twin: they act on the world by the
/// clock, talk to the network or to hardware, or are the agent itself. They are masked in the twin,
/// and so are never judged by a rehearsal.
public final class MaskedUnits {
    private static final List<String> ALWAYS =
            List.of(
                    "understudy-agent.service",
                    "understudy-agent.timer",
                    "understudy-agent-once.service",
                    "understudy-agent-once.timer",
                    "timers.target",
                    "cron.service",
                    "crond.service",
                    "cronie.service",
                    "anacron.service",
                    "anacron.timer",
                    "atd.service",
                    "apt-daily.service",
                    "apt-daily.timer",
                    "apt-daily-upgrade.service",
                    "apt-daily-upgrade.timer",
                    "unattended-upgrades.service",
                    "packagekit.service",
                    "systemd-timesyncd.service",
                    "chrony.service",
                    "chronyd.service",
                    "ntp.service",
                    "ntpd.service",
                    "ntpsec.service",
                    "openntpd.service",
                    "networking.service",
                    "NetworkManager.service",
                    "NetworkManager-wait-online.service",
                    "systemd-networkd.service",
                    "systemd-networkd.socket",
                    "systemd-networkd-wait-online.service",
                    "ifupdown-wait-online.service",
                    "dhcpcd.service",
                    "wpa_supplicant.service",
                    "ModemManager.service",
                    "cloud-init.service",
                    "cloud-init-local.service",
                    "cloud-init-main.service",
                    "cloud-init-network.service",
                    "cloud-config.service",
                    "cloud-final.service",
                    "google-guest-agent.service",
                    "google-startup-scripts.service",
                    "google-shutdown-scripts.service",
                    "walinuxagent.service",
                    "amazon-ssm-agent.service",
                    "qemu-guest-agent.service",
                    "open-vm-tools.service",
                    "vgauth.service",
                    "snapd.service",
                    "snapd.socket",
                    "multipathd.service",
                    "multipathd.socket",
                    "iscsid.service",
                    "iscsid.socket",
                    "open-iscsi.service",
                    "lvm2-monitor.service",
                    "mdmonitor.service",
                    "smartd.service",
                    "smartmontools.service",
                    "zfs-zed.service",
                    "fwupd.service",
                    "udisks2.service",
                    "thermald.service",
                    "docker.service",
                    "docker.socket",
                    "containerd.service",
                    "kubelet.service",
                    "k3s.service",
                    "libvirtd.service",
                    "pacemaker.service",
                    "corosync.service",
                    "keepalived.service",
                    "drbd.service",
                    "watchdog.service");

    private MaskedUnits() {}

    /// Units that every twin leaves out.
    public static List<String> always() {
        return ALWAYS;
    }
}
