package dev.understudy.agent.system;

import dev.understudy.protocol.ListeningSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The sockets that wait for peers, read from `/proc/net`, with the process and unit that hold them
/// as far as the agent may see.
public final class Sockets {
    private static final String TCP_LISTENING = "0A";
    private static final String UDP_UNCONNECTED = "07";

    private Sockets() {}

    /// Ports from which the kernel takes those of clients.
    public record Ephemeral(int first, int last) {
        public boolean contains(int port) {
            return port >= first && port <= last;
        }
    }

    record Bound(String protocol, String address, int port, String inode) {}

    /// All listening TCP sockets, and the UDP sockets bound to a port that no client would get.
    ///
    /// @param unreadable gets a sentence for every table that cannot be read: what it holds is then
    ///   not known, which is not the same as nothing
    public static List<ListeningSocket> listening(Proc proc, List<String> unreadable) {
        Ephemeral ephemeral = ephemeral(proc);
        List<Bound> bound = new ArrayList<>();
        for (String table : List.of("tcp", "tcp6", "udp", "udp6")) {
            try {
                Optional<String> text = proc.net(table);
                if (text.isPresent()) {
                    bound.addAll(parse(table, text.get()));
                } else if (!table.endsWith("6")) {
                    unreadable.add("There is no /proc/net/%s.".formatted(table));
                }
            } catch (IOException | IllegalArgumentException e) {
                unreadable.add("/proc/net/%s cannot be read: %s".formatted(table, e.getMessage()));
            }
        }
        bound.removeIf(b -> b.protocol().equals("udp") && ephemeral.contains(b.port()));
        Map<String, Proc.Task> holders = bound.isEmpty() ? Map.of() : holders(proc);
        return bound.stream().map(b -> socket(b, holders)).distinct().sorted().toList();
    }

    public static Ephemeral ephemeral(Proc proc) {
        String[] range =
                proc.read("sys/net/ipv4/ip_local_port_range").orElse("").strip().split("\\s+");
        return range.length == 2 && (range[0] + range[1]).matches("[0-9]{2,10}")
                ? new Ephemeral(Integer.parseInt(range[0]), Integer.parseInt(range[1]))
                : new Ephemeral(32_768, 60_999);
    }

    private static ListeningSocket socket(Bound bound, Map<String, Proc.Task> holders) {
        Proc.Task holder = holders.get(bound.inode());
        return new ListeningSocket(
                bound.protocol(),
                bound.address(),
                bound.port(),
                holder == null ? "" : holder.command(),
                holder == null ? "" : holder.unit());
    }

    /// Lines such as `0: 0100007F:0016 00000000:0000 0A 00000000:00000000 … 0 0 12345 …` below a
    /// heading.
    ///
    /// @throws IllegalArgumentException if a line is not one, naming it
    static List<Bound> parse(String table, String text) {
        String protocol = table.substring(0, 3);
        String wanted = protocol.equals("tcp") ? TCP_LISTENING : UDP_UNCONNECTED;
        List<Bound> bound = new ArrayList<>();
        List<String> lines = text.lines().toList();
        if (lines.isEmpty() || !lines.getFirst().strip().startsWith("sl ")) {
            throw new IllegalArgumentException(
                    "it does not begin with its heading but with '%s'"
                            .formatted(lines.isEmpty() ? "" : lines.getFirst()));
        }
        for (String line : lines.subList(1, lines.size())) {
            String[] fields = line.strip().split("\\s+");
            if (fields.length < 10
                    || !fields[3].matches("[0-9A-F]{2}")
                    || !fields[9].matches("[0-9]{1,19}")
                    || !fields[1].matches("([0-9A-F]{8}|[0-9A-F]{32}):[0-9A-F]{4}")) {
                throw new IllegalArgumentException("'%s' is no socket".formatted(line));
            }
            if (!fields[3].equals(wanted)) {
                continue;
            }
            int colon = fields[1].indexOf(':');
            int port = Integer.parseInt(fields[1].substring(colon + 1), 16);
            if (port > 0) {
                bound.add(
                        new Bound(
                                protocol, address(fields[1].substring(0, colon)), port, fields[9]));
            }
        }
        return bound;
    }

    /// The kernel prints an address as 32-bit words in the machine's own byte order.
    private static String address(String hex) {
        byte[] words = HexFormat.of().parseHex(hex);
        byte[] bytes = new byte[words.length];
        boolean little = java.nio.ByteOrder.nativeOrder() == java.nio.ByteOrder.LITTLE_ENDIAN;
        for (int i = 0; i < words.length; i++) {
            bytes[i] = words[little ? (i & ~3) + 3 - (i & 3) : i];
        }
        try {
            String text = InetAddress.getByAddress(bytes).getHostAddress();
            return text.contains(":")
                    ? text.replaceFirst("(^|:)(0:)+0?", "::").replaceFirst("^:::", "::")
                    : text;
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of " + bytes.length + " bytes", e);
        }
    }

    /// The process that holds each socket, by the socket's inode. Of several the one with the
    /// lowest pid, and systemd, which holds sockets for others, only where there is no other.
    private static Map<String, Proc.Task> holders(Proc proc) {
        Map<String, Proc.Task> holders = new HashMap<>();
        List<Proc.Task> tasks = new ArrayList<>(proc.tasks());
        tasks.sort((a, b) -> Long.compare(order(a), order(b)));
        for (Proc.Task task : tasks) {
            try (var open = Files.newDirectoryStream(task.folder().resolve("fd"))) {
                for (Path descriptor : open) {
                    inode(descriptor, holders, task);
                }
            } catch (IOException | java.nio.file.DirectoryIteratorException _) {
                // It has ended or is another user's: its sockets are listed without a process.
            }
        }
        return holders;
    }

    private static void inode(Path descriptor, Map<String, Proc.Task> holders, Proc.Task task) {
        try {
            String target = Files.readSymbolicLink(descriptor).toString();
            if (target.startsWith("socket:[")) {
                holders.putIfAbsent(target.substring(8, target.length() - 1), task);
            }
        } catch (IOException _) {
            // Closed since it was listed.
        }
    }

    private static long order(Proc.Task task) {
        return task.pid() == 1 ? Long.MAX_VALUE : task.pid();
    }
}
