package dev.understudy.lab.gateway;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/// The proxy that apt on the hosts uses. It serves the mirrors and the drill archive, and refuses
/// every other address, so that hosts reach nothing else through it.
final class PackageProxy implements Listener.Conversation {
    private static final Duration IDLE = Duration.ofMinutes(2);

    private final Archive archive;
    private final Path drills;
    private final Path fault;

    /// @param drills folder of the drill archive; need not exist
    /// @param fault file that holds the fault to inject; need not exist
    PackageProxy(Archive archive, Path drills, Path fault) {
        this.archive = archive;
        this.drills = drills;
        this.fault = fault;
    }

    @Override
    public void hold(Socket client) throws IOException, InterruptedException {
        client.setSoTimeout((int) IDLE.toMillis());
        var in = new BufferedInputStream(client.getInputStream());
        var out = new BufferedOutputStream(client.getOutputStream(), 1 << 16);
        for (var next = Request.read(in); next.isPresent(); next = Request.read(in)) {
            var now = Fault.in(fault);
            if (now instanceof Fault.Drop) {
                return;
            }
            if (now instanceof Fault.Slow(Duration delay)) {
                Thread.sleep(delay);
            }
            if (now instanceof Fault.Unavailable) {
                refuse(out, 503, "Service Unavailable");
            } else if (!answer(next.get(), out, now)) {
                return;
            }
            out.flush();
        }
    }

    /// @return whether the connection can go on
    private boolean answer(Request request, OutputStream out, Fault fault)
            throws IOException, InterruptedException {
        if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
            refuse(out, 405, "Only GET and HEAD");
            return false;
        }
        if (DrillFiles.HOST.equals(request.address().getRawAuthority())) {
            var file = DrillFiles.find(drills, request.address().getPath());
            if (file.isEmpty()) {
                refuse(out, 404, "Not Found");
                return true;
            }
            return send(request, out, new Archive.Answer(200, Map.of(), file.get(), false), fault);
        }
        if (!archive.serves(request)) {
            refuse(out, 403, "Not a mirror of this lab");
            return true;
        }
        Archive.Answer answer;
        try {
            answer = archive.get(request);
        } catch (IOException e) {
            System.err.println("Cannot fetch " + request.address() + ": " + e);
            refuse(out, 502, "The mirror cannot be reached");
            return true;
        }
        try {
            return send(request, out, answer, fault);
        } finally {
            if (answer.temporary()) {
                Files.deleteIfExists(answer.body());
            }
        }
    }

    private static boolean send(
            Request request, OutputStream out, Archive.Answer answer, Fault fault)
            throws IOException {
        long size = Files.size(answer.body());
        long from = answer.status() == 200 ? request.from() : 0;
        int status = answer.status();
        var headers = new TreeMap<>(answer.headers());
        if (from > 0 && from >= size) {
            headers.put("content-range", "bytes */" + size);
            head(out, 416, headers, 0);
            return true;
        }
        if (from > 0) {
            headers.put("content-range", "bytes %d-%d/%d".formatted(from, size - 1, size));
            status = 206;
        }
        head(out, status, headers, size - from);
        if (!request.wantsBody() || status == 304) {
            return true;
        }
        long limit = fault instanceof Fault.Cut(long bytes) ? bytes : Long.MAX_VALUE;
        return body(out, answer.body(), from, Math.min(limit, size - from)) == size - from;
    }

    private static long body(OutputStream out, Path file, long from, long length)
            throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            in.skipNBytes(from);
            byte[] block = new byte[1 << 16];
            long left = length;
            while (left > 0) {
                int read = in.read(block, 0, (int) Math.min(block.length, left));
                if (read < 0) {
                    break;
                }
                out.write(block, 0, read);
                left -= read;
            }
            out.flush();
            return length - left;
        }
    }

    private static void refuse(OutputStream out, int status, String reason) throws IOException {
        byte[] body = (reason + "\n").getBytes(StandardCharsets.UTF_8);
        head(out, status, Map.of("content-type", "text/plain"), body.length);
        out.write(body);
    }

    private static void head(OutputStream out, int status, Map<String, String> headers, long size)
            throws IOException {
        var text = new StringBuilder("HTTP/1.1 " + status + " -\r\n");
        headers.forEach(
                (name, value) -> text.append(name).append(": ").append(value).append("\r\n"));
        if (status != 304) {
            text.append("content-length: ").append(size).append("\r\n");
        }
        text.append("accept-ranges: bytes\r\n\r\n");
        out.write(text.toString().getBytes(StandardCharsets.ISO_8859_1));
    }
}
