package dev.understudy.agent.twin;

import dev.understudy.agent.exec.Place;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// The folder below /run in which a twin finds what it is to be like: one file for each kind of
/// thing, read by `twin.sh`.
final class TwinFolder {
    /// Settings of the host's network that decide whether a service can bind its address.
    private static final List<String> NETWORK_SETTINGS =
            List.of(
                    "ipv4/ip_nonlocal_bind",
                    "ipv4/ip_unprivileged_port_start",
                    "ipv4/ip_local_port_range",
                    "ipv6/bindv6only",
                    "ipv6/ip_nonlocal_bind",
                    "core/somaxconn");

    private final Place host;
    private final Path folder;
    private final Path dataFolder;

    TwinFolder(Place host, Path folder, Path dataFolder) {
        this.host = host;
        this.folder = folder;
        this.dataFolder = dataFolder;
    }

    /// Writes it all down.
    void write(MountPlan plan, TwinSettings settings, Room room) throws IOException {
        Files.createDirectories(
                folder,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx--x--x")));
        Files.createDirectories(folder.resolve("layers"));
        String upper =
                switch (room.kind()) {
                    case MEMORY -> "memory " + room.bytes();
                    case DISK -> "disk -";
                };
        Files.writeString(folder.resolve("upper"), upper + "\n");
        List<String> mounts = new ArrayList<>();
        for (MountPlan.Mount mount : plan.mounts()) {
            mounts.add(
                    switch (mount.kind()) {
                        case LAYER -> "layer %s %s".formatted(owner(mount.at()), mount.at());
                        case COPY -> "copy usual " + mount.at();
                        case BIND -> "bind usual " + mount.at();
                    });
        }
        Files.write(folder.resolve("mounts"), mounts);
        Files.write(folder.resolve("addresses"), addresses());
        Files.write(folder.resolve("settings"), networkSettings());
        Files.write(folder.resolve("masks"), MaskedUnits.always());
        Files.write(folder.resolve("hidden"), List.of(dataFolder.toString()));
        Files.write(
                folder.resolve("shared"),
                settings.shared().stream()
                        .filter(Files::isDirectory)
                        .map(share -> share.toAbsolutePath().toString())
                        .toList());
        for (String script : List.of("twin.sh", "copy.sh")) {
            try (InputStream resource = TwinFolder.class.getResourceAsStream(script)) {
                if (resource == null) {
                    throw new IOException(script + " is not in the agent's image");
                }
                Files.copy(resource, folder.resolve(script));
            }
        }
    }

    /// Mode and owner of a file system's root, which its layer must have too: `MODE,UID:GID`, or
    /// `usual` for what a new folder has anyway.
    private String owner(String mountPoint) throws IOException {
        Path place = host.path(mountPoint);
        int mode = (Integer) Files.getAttribute(place, "unix:mode") & 07777;
        Object uid = Files.getAttribute(place, "unix:uid");
        Object gid = Files.getAttribute(place, "unix:gid");
        String text = "%o,%s:%s".formatted(mode, uid, gid);
        return text.equals("755,0:0") ? "usual" : text;
    }

    /// The host's addresses without their networks: in the twin nothing else is reachable.
    private static List<String> addresses() throws IOException {
        List<String> addresses = new ArrayList<>();
        for (NetworkInterface device : Collections.list(NetworkInterface.getNetworkInterfaces())) {
            if (device.isLoopback()) {
                continue;
            }
            for (InetAddress address : Collections.list(device.getInetAddresses())) {
                if (!address.isLinkLocalAddress()) {
                    String text = address.getHostAddress().replaceAll("%.*", "");
                    addresses.add(text + (text.contains(":") ? "/128" : "/32"));
                }
            }
        }
        return addresses;
    }

    private List<String> networkSettings() throws IOException {
        List<String> settings = new ArrayList<>();
        for (String name : NETWORK_SETTINGS) {
            Path file = host.path("/proc/sys/net/" + name);
            if (Files.isReadable(file)) {
                settings.add(name + " " + Files.readString(file).strip());
            }
        }
        return settings;
    }
}
