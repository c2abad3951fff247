package dev.understudy.lab.gateway;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// A request to the proxy: GET or HEAD of a whole address, without a body.
record Request(String method, URI address, Map<String, String> headers) {
    private static final int LONGEST_LINE = 16_384;
    private static final int MOST_HEADERS = 100;
    private static final Pattern FROM = Pattern.compile("bytes=(\\d{1,18})-");

    Request {
        headers = Map.copyOf(headers);
    }

    /// The next request on a connection; empty when the client has closed it.
    static Optional<Request> read(InputStream in) throws IOException {
        String line = line(in);
        if (line.isEmpty()) {
            return Optional.empty();
        }
        String[] words = line.split(" ");
        if (words.length != 3 || !words[2].startsWith("HTTP/1.")) {
            throw new ProtocolException("Not a request: " + line);
        }
        var headers = new TreeMap<String, String>();
        for (String header = line(in); !header.isEmpty(); header = line(in)) {
            int colon = header.indexOf(':');
            if (colon < 1 || headers.size() == MOST_HEADERS) {
                throw new ProtocolException("Not a header, or too many: " + header);
            }
            headers.put(
                    header.substring(0, colon).toLowerCase(Locale.ROOT),
                    header.substring(colon + 1).strip());
        }
        try {
            return Optional.of(new Request(words[0], new URI(words[1]), headers));
        } catch (URISyntaxException e) {
            throw new ProtocolException("Not an address: " + e.getMessage());
        }
    }

    /// Where the answer shall begin, when the client has the first part already.
    long from() {
        var match = FROM.matcher(headers.getOrDefault("range", ""));
        return match.matches() ? Long.parseLong(match.group(1)) : 0;
    }

    boolean wantsBody() {
        return method.equals("GET");
    }

    private static String line(InputStream in) throws IOException {
        var bytes = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                if (bytes.size() > 0) {
                    throw new ProtocolException("The request is cut off");
                }
                return "";
            }
            if (bytes.size() == LONGEST_LINE) {
                throw new ProtocolException("A line of more than " + LONGEST_LINE + " bytes");
            }
            bytes.write(b);
        }
        return bytes.toString(StandardCharsets.ISO_8859_1).stripTrailing();
    }
}
