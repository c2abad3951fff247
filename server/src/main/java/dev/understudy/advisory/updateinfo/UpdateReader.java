package dev.understudy.advisory.updateinfo;

import dev.understudy.advisory.FeedException;
import dev.understudy.advisory.FeedRecord;
import dev.understudy.advisory.FeedRecord.FixState;
import dev.understudy.advisory.FeedSink;
import dev.understudy.advisory.Fields;
import dev.understudy.advisory.ModuleStreams;
import dev.understudy.advisory.PackageKind;
import dev.understudy.advisory.StrictXml;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Goes through the updates of one document and keeps one at a time.
final class UpdateReader {
    private static final DateTimeFormatter SPACED =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

    private final StrictXml xml;
    private final FeedSink sink;
    private final String release;
    private final String repository;
    private @Nullable Update update;
    private @Nullable Instant newest;

    /// @param repository what the feed's name says after its kind
    UpdateReader(StrictXml xml, FeedSink sink, String release, String repository) {
        this.xml = xml;
        this.sink = sink;
        this.release = release;
        this.repository = repository;
    }

    private static final class Update {
        private final String type;
        private String id = "";
        private String title = "";
        private String severity = "";
        private String description = "";
        private String module = "";
        private String issued = "";
        private String updated = "";
        private final List<String> cves = new ArrayList<>();
        private final List<String> references = new ArrayList<>();
        private final List<Built> packages = new ArrayList<>();

        Update(String type) {
            this.type = type;
        }
    }

    private record Built(PackageKind kind, String name, String version, String module) {}

    @Nullable Instant newest() {
        return newest;
    }

    void readAll() throws FeedException {
        while (xml.next()) {
            if (xml.depth() == 2) {
                finish();
                update = xml.element().equals("update") ? new Update(xml.attribute("type")) : null;
            } else if (update != null) {
                readInto(update);
            }
        }
        finish();
    }

    private void readInto(Update of) throws FeedException {
        switch (xml.element()) {
            case "id" -> of.id = xml.text();
            case "title" -> of.title = xml.text();
            case "severity" -> of.severity = xml.text();
            case "description" -> of.description = xml.text();
            case "issued" -> of.issued = xml.attribute("date");
            case "updated" -> of.updated = xml.attribute("date");
            case "collection" -> of.module = "";
            case "module" -> of.module = xml.attribute("name") + ":" + xml.attribute("stream");
            case "reference" -> addReference(of);
            case "package" -> of.packages.add(built(of.module));
            default -> {
                // Elements that are not needed.
            }
        }
    }

    private void addReference(Update of) {
        String id = xml.attribute("id");
        if (Fields.isCve(id)) {
            of.cves.add(id);
        } else if (Fields.isId(id)) {
            of.references.add(id);
        }
    }

    private Built built(String module) {
        String epoch = xml.attribute("epoch");
        String version = xml.attribute("version") + "-" + xml.attribute("release");
        String arch = xml.attribute("arch");
        return new Built(
                arch.equals("src") || arch.equals("nosrc")
                        ? PackageKind.SOURCE
                        : PackageKind.BINARY,
                xml.attribute("name"),
                epoch.isEmpty() || epoch.equals("0") ? version : epoch + ":" + version,
                module);
    }

    private void finish() {
        Update done = update;
        update = null;
        if (done == null) {
            return;
        }
        try {
            List<FeedRecord> records = records(done);
            sink.read(1);
            records.forEach(sink::accept);
        } catch (FeedException e) {
            sink.reject("update '%s': %s".formatted(done.id, e.getMessage()));
        }
    }

    private List<FeedRecord> records(Update of) throws FeedException {
        if (!Fields.isId(of.id)) {
            throw new FeedException("it has no id");
        }
        Instant issued = time(of.issued);
        Instant updated = time(of.updated);
        List<FeedRecord> records = new ArrayList<>();
        records.add(
                new FeedRecord.Advisory(
                        of.id,
                        of.cves,
                        List.of(),
                        List.of(),
                        of.references,
                        issued,
                        updated == null ? issued : updated,
                        null,
                        of.title.isEmpty() ? of.description : of.title,
                        of.severity.equals("None") ? "" : of.severity,
                        ""));
        for (Built each : of.packages) {
            if (!Fields.isName(each.name()) || !Fields.isVersion(each.version())) {
                throw new FeedException(
                        "it has package '%s' of version '%s'"
                                .formatted(each.name(), each.version()));
            }
            records.add(
                    new FeedRecord.Fix(
                            repository,
                            release,
                            each.kind(),
                            each.name(),
                            of.id,
                            "",
                            FixState.FIXED,
                            "0",
                            each.version(),
                            null,
                            Fields.clean(of.type),
                            each.module(),
                            ModuleStreams.of(each.version(), each.module())));
        }
        Instant last = updated == null ? issued : updated;
        if (last != null && (newest == null || last.isAfter(newest))) {
            newest = last;
        }
        return records;
    }

    /// With a blank in place of the `T`, in seconds since 1970, or as everywhere else.
    private static @Nullable Instant time(String text) throws FeedException {
        if (text.isEmpty()) {
            return null;
        }
        if (text.matches("[0-9]{9,10}")) {
            return Instant.ofEpochSecond(Long.parseLong(text));
        }
        try {
            return LocalDateTime.parse(text.replaceFirst(" UTC$", ""), SPACED)
                    .toInstant(ZoneOffset.UTC);
        } catch (DateTimeException _) {
            return Fields.instant(text);
        }
    }
}
