package dev.understudy.agent.triage;

import dev.understudy.agent.exec.Place;
import dev.understudy.agent.log.Log;
import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.Plan;
import dev.understudy.protocol.Triage;
import dev.understudy.protocol.TriageOutcome;
import dev.understudy.protocol.Wire;
import dev.understudy.protocol.WireException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/// The bundles of evidence on this host, one for each order that asked for one: `ORDER.zip`, and
/// what came of it in `ORDER.json`. Only the newest are kept.
public final class Triages implements Evidence {
    private static final int KEPT = 20;

    private final Place place;
    private final Path folder;
    private final BooleanSupplier refused;

    /// @param refused whether the owner does not let evidence be secured
    public Triages(Place place, Path folder, BooleanSupplier refused) {
        this.place = place;
        this.folder = folder;
        this.refused = refused;
    }

    @Override
    public TriageOutcome secure(OrderId order, Plan plan, Triage wanted)
            throws InterruptedException {
        Optional<TriageOutcome> before = find(order);
        if (before.isPresent()) {
            return before.get();
        }
        if (refused.getAsBoolean()) {
            return new TriageOutcome.Missing("the host's owner refuses it (refuseTriage)");
        }
        try {
            prepare();
            TriageOutcome.Kept kept = take(order, plan, wanted);
            keep(order, kept);
            prune();
            return kept;
        } catch (IOException | RuntimeException e) {
            Log.error("order %s: no evidence could be secured: %s", order, e);
            return new TriageOutcome.Missing(shortened(String.valueOf(e)));
        }
    }

    @Override
    public Optional<TriageOutcome> find(OrderId order) {
        Path file = folder.resolve(order + ".json");
        try {
            return Files.exists(file)
                    ? Optional.of(Wire.decode(Files.readAllBytes(file), TriageOutcome.class))
                    : Optional.empty();
        } catch (IOException | WireException e) {
            Log.warn("%s cannot be read: %s", file, e.getMessage());
            return Optional.empty();
        }
    }

    private void prepare() throws IOException {
        var own =
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
        try {
            Files.createDirectory(folder, own);
        } catch (FileAlreadyExistsException _) {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        }
    }

    private TriageOutcome.Kept take(OrderId order, Plan plan, Triage wanted)
            throws IOException, InterruptedException {
        long free = Files.getFileStore(folder).getUsableSpace();
        if (free < 2 * wanted.mostBytes()) {
            throw new IOException(
                    "only %d MB are free where %s is; %d MB are needed for the evidence"
                            .formatted(free >> 20, folder, (2 * wanted.mostBytes()) >> 20));
        }
        Path fresh = folder.resolve(order + ".zip.new");
        Files.deleteIfExists(fresh);
        List<String> incomplete;
        try (BoundedZip zip = new BoundedZip(fresh, wanted.mostBytes())) {
            incomplete = new GatherEvidence(place, order, plan, wanted.within(), zip).gather();
        } catch (IOException | RuntimeException | InterruptedException e) {
            Files.deleteIfExists(fresh);
            throw e;
        }
        Path bundle = folder.resolve(order + ".zip");
        String sha256 = sha256(fresh);
        Files.move(fresh, bundle, StandardCopyOption.ATOMIC_MOVE);
        force();
        return new TriageOutcome.Kept(
                bundle.toString(),
                sha256,
                Files.size(bundle),
                incomplete.stream().map(Triages::shortened).toList());
    }

    private void keep(OrderId order, TriageOutcome outcome) throws IOException {
        Path fresh = folder.resolve(order + ".json.new");
        Files.write(fresh, Wire.encode(outcome, TriageOutcome.class));
        try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.move(fresh, folder.resolve(order + ".json"), StandardCopyOption.ATOMIC_MOVE);
        force();
    }

    private void force() throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private void prune() throws IOException {
        List<Path> bundles;
        try (Stream<Path> files = Files.list(folder)) {
            bundles =
                    files.filter(file -> file.toString().endsWith(".zip"))
                            .sorted(Comparator.comparingLong(Triages::age).reversed())
                            .toList();
        }
        for (Path old : bundles.subList(Math.min(KEPT, bundles.size()), bundles.size())) {
            Log.info("evidence %s was deleted: %d newer ones are kept", old, KEPT);
            Files.delete(old);
            String order = old.getFileName().toString().replaceFirst("\\.zip$", "");
            Files.deleteIfExists(folder.resolve(order + ".json"));
        }
    }

    private static long age(Path file) {
        try {
            return Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toMillis();
        } catch (IOException _) {
            return Long.MAX_VALUE;
        }
    }

    private static String shortened(String text) {
        return text.length() <= 500 ? text : text.substring(0, 500) + " …";
    }

    /// Reckoned here: the host's own tools may be what is to be looked into.
    static String sha256(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[1 << 16];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
