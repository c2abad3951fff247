package dev.understudy.protocol.fuzz;

import com.sun.management.ThreadMXBean;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Holds a parser to what every parser here must do with any input: take it, or refuse it with its
/// own error and a message, soon and without filling the memory. What came of it is left in
/// `target/fuzz` for bars/6-bad-input.
public final class Fuzz {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /// Of the processor, so that a busy machine makes no difference.
    private static final Duration LONGEST = Duration.ofSeconds(5);

    private static final long MOST_ALLOCATED = 128L << 20;
    private static final long MOST_ALLOCATED_PER_BYTE = 400;
    private static final int SHOWN = 5;

    private final String parser;
    private final Class<? extends Exception> refusal;
    private final List<byte[]> seeds = new ArrayList<>();
    private final List<String> others = new ArrayList<>();
    private int tried;
    private int accepted;
    private int refused;

    /// What is tried. Failing an assertion on what it read counts as another outcome, too.
    @FunctionalInterface
    public interface Parser {
        void parse(byte[] input) throws Exception;
    }

    /// A parser of text that somebody else has decoded.
    @FunctionalInterface
    public interface TextParser {
        void parse(String input) throws Exception;
    }

    private Fuzz(String parser, Class<? extends Exception> refusal) {
        this.parser = parser;
        this.refusal = refusal;
    }

    /// @param parser names it in the bar's output
    /// @param refusal the error that it is documented to refuse input with
    public static Fuzz of(String parser, Class<? extends Exception> refusal) {
        return new Fuzz(parser, refusal);
    }

    /// A valid input, which must be accepted and from which damaged ones are made.
    public Fuzz with(String seed) {
        return with(seed.getBytes(StandardCharsets.UTF_8));
    }

    public Fuzz with(byte[] seed) {
        seeds.add(seed);
        return this;
    }

    public void runText(TextParser tried) {
        run(input -> tried.parse(new String(input, StandardCharsets.UTF_8)));
    }

    public void run(Parser parse) {
        long start = System.nanoTime();
        for (byte[] seed : seeds) {
            int before = accepted;
            attempt(parse, seed);
            if (accepted == before) {
                others.add("refused what is valid: " + shown(seed));
            }
            new Damage(seed).each(input -> attempt(parse, input));
        }
        report(Duration.ofNanos(System.nanoTime() - start));
        if (!others.isEmpty()) {
            throw new AssertionError(
                    "%s: %d of %d inputs came to neither a value nor a %s:%n%s"
                            .formatted(
                                    parser,
                                    others.size(),
                                    tried,
                                    refusal.getSimpleName(),
                                    String.join(
                                            "\n",
                                            others.subList(0, Math.min(SHOWN, others.size())))));
        }
    }

    private void attempt(Parser parse, byte[] input) {
        tried++;
        long processor = THREADS.getCurrentThreadCpuTime();
        long allocated = THREADS.getCurrentThreadAllocatedBytes();
        try {
            parse.parse(input);
            accepted++;
        } catch (Exception | StackOverflowError | OutOfMemoryError | AssertionError e) {
            if (refusal.isInstance(e) && tells(e)) {
                refused++;
            } else {
                others.add("%s on %s%n  at %s".formatted(e, shown(input), where(e)));
            }
        }
        Duration took = Duration.ofNanos(THREADS.getCurrentThreadCpuTime() - processor);
        if (took.compareTo(LONGEST) > 0) {
            others.add("took %s on %s".formatted(took, shown(input)));
        }
        long used = THREADS.getCurrentThreadAllocatedBytes() - allocated;
        if (used > MOST_ALLOCATED + MOST_ALLOCATED_PER_BYTE * input.length) {
            others.add("allocated %d MiB on %s".formatted(used >> 20, shown(input)));
        }
    }

    /// The end of a stream says all there is to say by its name.
    private static boolean tells(Throwable refused) {
        return refused instanceof EOFException
                || (refused.getMessage() != null && !refused.getMessage().isBlank());
    }

    private void report(Duration took) {
        Path folder = Path.of("target", "fuzz");
        String line =
                String.format(
                        Locale.ROOT,
                        "%s\t%d\t%d\t%d\t%d\t%.2f%n",
                        parser,
                        tried,
                        accepted,
                        refused,
                        others.size(),
                        took.toMillis() / 1000.0);
        try {
            Files.createDirectories(folder);
            Files.writeString(
                    folder.resolve(parser.replaceAll("[^A-Za-z0-9]+", "-") + ".tsv"), line);
        } catch (IOException e) {
            throw new UncheckedIOException("the figures cannot be left in " + folder, e);
        }
    }

    private static String where(Throwable e) {
        StackTraceElement[] trace = e.getStackTrace();
        StringBuilder ours = new StringBuilder();
        for (StackTraceElement element : trace) {
            if (element.getClassName().startsWith("dev.understudy") && ours.length() < 300) {
                ours.append(ours.isEmpty() ? "" : " < ").append(element);
            }
        }
        return ours.toString();
    }

    private static String shown(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8).replaceAll("\\p{Cntrl}", "·");
        return "%d bytes: '%s'"
                .formatted(
                        input.length, text.length() <= 300 ? text : text.substring(0, 300) + "…");
    }
}
