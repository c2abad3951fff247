package dev.understudy.lab;

import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What one lab is: where it keeps its things, its name on this machine, its network.
///
/// @param name prefix of its network namespaces, control groups and machine names
/// @param cache layers and packages, which labs may share
/// @param server the control plane's agent port on this machine, reached through the gateway
record LabSettings(
        Path data,
        String name,
        Path cache,
        Subnet subnet,
        Mirror mirror,
        InetSocketAddress server) {
    static final Path USUAL_DATA = Path.of("/var/lib/understudy-lab");
    static final Path USUAL_CACHE = Path.of("/var/cache/understudy-lab");
    static final int PROXY_PORT = 3142;
    static final int AGENT_PORT = 8443;

    LabSettings {
        if (!name.matches("[a-z][a-z0-9-]{0,19}")) {
            throw new LabException(
                    "A lab's name is up to 20 of a-z, 0-9 and '-', from a letter on: " + name);
        }
        for (Path folder : List.of(data, cache)) {
            // Overlay options and the supervisor's script separate paths by these.
            if (!folder.isAbsolute() || folder.toString().matches("(?s).*[\\s,:\\\\].*")) {
                throw new LabException("Not a folder that a lab can be in: " + folder);
            }
        }
    }

    /// The settings of a lab that exists.
    static Optional<LabSettings> find(Path data) {
        return StateFile.read(file(data)).map(state -> of(data, state));
    }

    static LabSettings get(Path data) {
        return find(data)
                .orElseThrow(
                        () ->
                                new LabException(
                                        "There is no lab in %s. Make one with: lab up --data %s"
                                                .formatted(data, data)));
    }

    /// A name for a lab of which only the folder is known.
    static String usualName(Path data) {
        if (data.equals(USUAL_DATA)) {
            return "ulab";
        }
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest(data.toString().getBytes(StandardCharsets.UTF_8));
            return "ulab-" + HexFormat.of().formatHex(digest, 0, 3);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    void save() {
        StateFile.write(file(data), state());
    }

    Map<String, String> state() {
        return Map.of(
                "name", name,
                "cache", cache.toString(),
                "subnet", subnet.toString(),
                "mirror.archive", mirror.archive().toString(),
                "mirror.security", mirror.security().toString(),
                "server.host", server.getHostString(),
                "server.port", Integer.toString(server.getPort()));
    }

    private static LabSettings of(Path data, Map<String, String> state) {
        return new LabSettings(
                data,
                StateFile.get(state, "name"),
                Path.of(StateFile.get(state, "cache")),
                Subnet.parse(StateFile.get(state, "subnet")),
                new Mirror(
                        URI.create(StateFile.get(state, "mirror.archive")),
                        URI.create(StateFile.get(state, "mirror.security"))),
                InetSocketAddress.createUnresolved(
                        StateFile.get(state, "server.host"),
                        Integer.parseInt(StateFile.get(state, "server.port"))));
    }

    private static Path file(Path data) {
        return data.resolve("lab.properties");
    }

    Path hosts() {
        return data.resolve("hosts");
    }

    /// What the agents call the control plane.
    URI serverForHosts() {
        return URI.create("https://" + subnet.gateway() + ":" + AGENT_PORT);
    }
}
