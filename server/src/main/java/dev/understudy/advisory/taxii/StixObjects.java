package dev.understudy.advisory.taxii;

import dev.understudy.advisory.FeedException;
import dev.understudy.advisory.FeedRecord;
import dev.understudy.advisory.FeedRecord.SightingKind;
import dev.understudy.advisory.FeedSink;
import dev.understudy.advisory.Fields;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What STIX objects say of vulnerabilities, once all are known: they refer to each other in any
/// order. Of several versions of one object the last modified counts; what was revoked does not.
final class StixObjects {
    private static final Pattern ID =
            Pattern.compile("[a-z0-9-]{3,60}--[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{4,27}");
    private static final Set<String> EXPLOITS = Set.of("exploits", "targets");
    private static final Set<String> HELPS = Set.of("mitigates", "remediates");
    private static final Set<String> NEEDED =
            Set.of(
                    "vulnerability",
                    "indicator",
                    "sighting",
                    "relationship",
                    "course-of-action",
                    "identity",
                    "malware",
                    "tool",
                    "threat-actor",
                    "intrusion-set",
                    "campaign",
                    "attack-pattern");

    private final Map<String, Known> objects = new HashMap<>();
    private @Nullable Instant newest;

    /// What is kept of an object.
    ///
    /// @param cve of a vulnerability; empty else
    /// @param from, to what a relationship joins, `to` also what a sighting is of
    private record Known(
            String id,
            String type,
            Instant modified,
            boolean revoked,
            String cve,
            String name,
            String description,
            String author,
            String relation,
            String from,
            String to,
            @Nullable Instant seen) {}

    @Nullable Instant newest() {
        return newest;
    }

    void add(JsonNode object) throws FeedException {
        String id = Fields.text(object, "id");
        String type = Fields.text(object, "type");
        if (!ID.matcher(id).matches() || !id.startsWith(type + "--")) {
            throw new FeedException("'%s' of type '%s' is no STIX object".formatted(id, type));
        }
        Instant created = Fields.instant(object, "created");
        Instant modified = Fields.instant(object, "modified");
        Instant time = modified != null ? modified : created;
        if (!NEEDED.contains(type)) {
            return;
        }
        if (time == null) {
            throw new FeedException("%s does not say when it was made".formatted(id));
        }
        if (newest == null || time.isAfter(newest)) {
            newest = time;
        }
        Known known = known(object, id, type, time);
        objects.merge(id, known, (a, b) -> a.modified().isAfter(b.modified()) ? a : b);
    }

    private static Known known(JsonNode object, String id, String type, Instant time)
            throws FeedException {
        boolean sighting = type.equals("sighting");
        Instant last = Fields.instant(object, "last_seen");
        Instant first = Fields.instant(object, "first_seen");
        return new Known(
                id,
                type,
                time,
                object.path("revoked").booleanValue(false),
                type.equals("vulnerability") ? cve(object) : "",
                Fields.text(object, "name"),
                Fields.text(object, "description"),
                Fields.text(object, "created_by_ref"),
                Fields.text(object, "relationship_type"),
                Fields.text(object, "source_ref"),
                Fields.text(object, sighting ? "sighting_of_ref" : "target_ref"),
                last != null ? last : first != null ? first : time);
    }

    private static String cve(JsonNode vulnerability) {
        for (JsonNode reference : vulnerability.path("external_references")) {
            String id = Fields.text(reference, "external_id");
            if (Fields.text(reference, "source_name").equals("cve") && Fields.isCve(id)) {
                return id;
            }
        }
        String name = Fields.text(vulnerability, "name");
        return Fields.isCve(name) ? name : "";
    }

    /// Says what follows from all of them.
    void tell(FeedSink sink) {
        Map<String, List<String>> indicated = new HashMap<>();
        for (Known each : objects.values()) {
            if (each.type().equals("relationship")
                    && !each.revoked()
                    && each.relation().equals("indicates")
                    && !cveOf(each.to()).isEmpty()) {
                indicated
                        .computeIfAbsent(each.from(), _ -> new ArrayList<>())
                        .add(cveOf(each.to()));
            }
        }
        for (Known each : objects.values()) {
            if (each.revoked()) {
                continue;
            }
            switch (each.type()) {
                case "sighting" -> {
                    if (!cveOf(each.to()).isEmpty()) {
                        sink.accept(sighting(each, cveOf(each.to()), "was seen", each));
                    }
                    for (String cve : indicated.getOrDefault(each.to(), List.of())) {
                        sink.accept(sighting(each, cve, "was seen by " + nameOf(each.to()), each));
                    }
                }
                case "relationship" -> tellRelationship(each, sink);
                case "indicator" -> {
                    for (String cve : indicated.getOrDefault(each.id(), List.of())) {
                        sink.accept(
                                new FeedRecord.Sighting(
                                        cve,
                                        each.id(),
                                        SightingKind.INDICATOR,
                                        each.seen(),
                                        toldBy(each),
                                        "%s indicates %s.".formatted(each.name(), cve)));
                    }
                }
                default -> {
                    // Told through what refers to it.
                }
            }
        }
    }

    private void tellRelationship(Known relationship, FeedSink sink) {
        String cve = cveOf(relationship.to());
        Known from = objects.get(relationship.from());
        if (cve.isEmpty() || from == null || from.revoked()) {
            return;
        }
        if (EXPLOITS.contains(relationship.relation())) {
            sink.accept(
                    sighting(
                            relationship,
                            cve,
                            "is exploited by %s (%s)".formatted(from.name(), from.type()),
                            from));
        } else if (HELPS.contains(relationship.relation())
                && from.type().equals("course-of-action")) {
            sink.accept(FeedRecord.Advisory.of(from.id(), List.of(cve), from.name()));
            sink.accept(
                    new FeedRecord.Remedy(
                            from.id(), cve, relationship.relation(), from.description(), ""));
        }
    }

    private FeedRecord.Sighting sighting(Known says, String cve, String what, Known by) {
        return new FeedRecord.Sighting(
                cve,
                says.id(),
                SightingKind.SIGHTING,
                says.seen(),
                toldBy(says.author().isEmpty() ? by : says),
                "%s %s.".formatted(cve, what));
    }

    private String toldBy(Known of) {
        String name = nameOf(of.author());
        return name.isEmpty() ? "somebody unnamed" : name;
    }

    private String nameOf(String id) {
        Known known = objects.get(id);
        return known == null ? "" : known.name();
    }

    private String cveOf(String id) {
        Known known = objects.get(id);
        return known == null || known.revoked() ? "" : known.cve();
    }
}
