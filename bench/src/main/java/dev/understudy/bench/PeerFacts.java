package dev.understudy.bench;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.understudy.fleetsim.DebianFixes;
import dev.understudy.fleetsim.SourceNames;
import dev.understudy.protocol.Inventory;
import dev.understudy.protocol.PendingUpgrade;
import dev.understudy.risk.exposure.KnownAs;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The facts that every program gets, as a feed in OSV's format: the real fixed versions of Debian
/// 12; the real updates that the host has pending, with the CVEs that their changelogs name; and,
/// for each source package that it has, one made-up statement of every kind there is, so that each
/// way to differ has its chance.
final class PeerFacts {
    private final BufferedWriter out;
    private int real;
    private int ofHost;
    private int madeUp;

    private PeerFacts(BufferedWriter out) {
        this.out = out;
    }

    /// How many records there are of each origin.
    record Counts(int real, int ofHost, int madeUp) {}

    static Counts write(Path data, Inventory host, Path file) throws IOException {
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            PeerFacts facts = new PeerFacts(out);
            facts.writeReal(data);
            facts.writePending(host);
            facts.writeMadeUp(host);
            return new Counts(facts.real, facts.ofHost, facts.madeUp);
        }
    }

    private void writeReal(Path data) throws IOException {
        List<JsonObject> records = new ArrayList<>();
        DebianFixes.read(
                data,
                SourceNames.read(data),
                fix ->
                        records.add(
                                record(
                                        fix.advisory() + "-" + fix.source(),
                                        fix.cves(),
                                        fix.source(),
                                        event("introduced", "0"),
                                        event("fixed", fix.fixed()))));
        real = records.size();
        writeAll(records);
    }

    private void writePending(Inventory host) throws IOException {
        Map<String, Map<String, TreeSet<String>>> bySource = new TreeMap<>();
        for (PendingUpgrade each : host.pending()) {
            String source = KnownAs.source(each.sourceName());
            bySource.computeIfAbsent(source, _ -> new LinkedHashMap<>())
                    .computeIfAbsent(
                            KnownAs.version(source, each.sourceVersion()), _ -> new TreeSet<>())
                    .addAll(each.cves());
        }
        List<JsonObject> records = new ArrayList<>();
        bySource.forEach(
                (source, versions) ->
                        versions.forEach(
                                (version, cves) ->
                                        records.add(
                                                record(
                                                        "PENDING-%s-%d"
                                                                .formatted(source, records.size()),
                                                        cves,
                                                        source,
                                                        event("introduced", "0"),
                                                        event("fixed", version)))));
        ofHost = records.size();
        writeAll(records);
    }

    /// Around the version that the host has: fixed above, at and below it, not fixed, begun above
    /// and below it, last affected above, at and below it.
    private void writeMadeUp(Inventory host) throws IOException {
        Map<String, String> sources = new TreeMap<>();
        host.packages()
                .forEach(
                        each -> {
                            String source = KnownAs.source(each.sourceName());
                            sources.putIfAbsent(
                                    source, KnownAs.version(source, each.sourceVersion()));
                        });
        for (Map.Entry<String, String> each : sources.entrySet()) {
            String source = each.getKey();
            String at = each.getValue();
            String above = at + "+a1";
            String below = at + "~~a1";
            madeUp(source, "0", "fixed", above);
            madeUp(source, "0", "fixed", at);
            madeUp(source, "0", "fixed", below);
            madeUp(source, "0", null, "");
            madeUp(source, below, "fixed", above);
            madeUp(source, at, null, "");
            madeUp(source, above, null, "");
            madeUp(source, "0", "last_affected", above);
            madeUp(source, "0", "last_affected", at);
            madeUp(source, "0", "last_affected", below);
            madeUp(source, below, "last_affected", at);
        }
    }

    private void madeUp(String source, String introduced, @Nullable String end, String version)
            throws IOException {
        madeUp++;
        String cve = "CVE-2099-%05d".formatted(madeUp);
        List<JsonObject> events = new ArrayList<>();
        events.add(event("introduced", introduced));
        if (end != null) {
            events.add(event(end, version));
        }
        write(record("DEBIAN-" + cve, List.of(), source, events.toArray(JsonObject[]::new)));
    }

    private static JsonObject event(String what, String version) {
        JsonObject event = new JsonObject();
        event.addProperty(what, version);
        return event;
    }

    private static JsonObject record(
            String id, Iterable<String> cves, String source, JsonObject... events) {
        JsonObject record = new JsonObject();
        record.addProperty("id", id);
        record.addProperty("modified", "2025-12-31T00:00:00Z");
        JsonArray upstream = new JsonArray();
        cves.forEach(upstream::add);
        record.add("upstream", upstream);
        JsonObject named = new JsonObject();
        named.addProperty("ecosystem", "Debian:12");
        named.addProperty("name", source);
        JsonObject range = new JsonObject();
        range.addProperty("type", "ECOSYSTEM");
        JsonArray all = new JsonArray();
        List.of(events).forEach(all::add);
        range.add("events", all);
        JsonObject affected = new JsonObject();
        affected.add("package", named);
        affected.add("ranges", array(range));
        record.add("affected", array(affected));
        return record;
    }

    private static JsonArray array(JsonObject only) {
        JsonArray array = new JsonArray();
        array.add(only);
        return array;
    }

    private void writeAll(List<JsonObject> records) throws IOException {
        for (JsonObject each : records) {
            write(each);
        }
    }

    private void write(JsonObject record) throws IOException {
        out.write(record.toString());
        out.newLine();
    }
}
