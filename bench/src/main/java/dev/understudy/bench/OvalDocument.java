package dev.understudy.bench;

import dev.understudy.advisory.FixedVersion;
import dev.understudy.protocol.InstalledPackage;
import dev.understudy.risk.exposure.KnownAs;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/// Writes our statements as OVAL 5.11 definitions: one a statement, true where any of the binary
/// packages that its source makes has an affected version, by dpkg's tests. OVAL knows no source
/// packages, so that a source's version is compared with that of the binary, as in the definitions
/// that Debian publishes.
final class OvalDocument {
    static final String DEFINITION = "oval:dev.understudy:def:";
    private static final String NS = "http://oval.mitre.org/XMLSchema/oval-definitions-5";
    private static final String LINUX = NS + "#linux";
    private static final String COMMON = "http://oval.mitre.org/XMLSchema/oval-common-5";

    private final Map<String, TreeSet<String>> binaries = new TreeMap<>();

    /// @param packages that the hosts have
    OvalDocument(List<InstalledPackage> packages) {
        for (InstalledPackage each : packages) {
            binaries.computeIfAbsent(KnownAs.source(each.sourceName()), _ -> new TreeSet<>())
                    .add(each.name());
        }
    }

    /// One bound of a range: an operation of OVAL and a version.
    private record Bound(String operation, String version) {}

    private record Test(String binary, List<Bound> bounds) {}

    /// Definition N is statement N, from 1; a statement on packages that nobody has gets none.
    void write(List<FixedVersion> statements, Path file) throws IOException {
        Map<String, Integer> objects = new LinkedHashMap<>();
        Map<Bound, Integer> states = new LinkedHashMap<>();
        Map<Test, Integer> tests = new LinkedHashMap<>();
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            XMLStreamWriter xml = XMLOutputFactory.newFactory().createXMLStreamWriter(out);
            begin(xml);
            xml.writeStartElement("definitions");
            for (int i = 0; i < statements.size(); i++) {
                FixedVersion statement = statements.get(i);
                Set<String> of = binaries.getOrDefault(statement.source(), new TreeSet<>());
                if (of.isEmpty()) {
                    continue;
                }
                List<Bound> bounds = bounds(statement);
                List<Integer> referred = new ArrayList<>();
                for (String binary : of) {
                    objects.computeIfAbsent(binary, _ -> objects.size() + 1);
                    bounds.forEach(each -> states.computeIfAbsent(each, _ -> states.size() + 1));
                    referred.add(
                            tests.computeIfAbsent(new Test(binary, bounds), _ -> tests.size() + 1));
                }
                definition(xml, i + 1, statement, referred);
            }
            xml.writeEndElement();
            writeTests(xml, tests, objects, states);
            writeObjects(xml, objects);
            writeStates(xml, states);
            xml.writeEndElement();
            xml.writeEndDocument();
            xml.close();
        } catch (XMLStreamException e) {
            throw new IOException("The OVAL document cannot be written: " + e.getMessage(), e);
        }
    }

    private static List<Bound> bounds(FixedVersion statement) {
        List<Bound> bounds = new ArrayList<>();
        if (!statement.introduced().equals("0")) {
            bounds.add(new Bound("greater than or equal", statement.introduced()));
        }
        String fixed = statement.fixed();
        String last = statement.lastAffected();
        if (fixed != null) {
            bounds.add(new Bound("less than", fixed));
        }
        if (last != null) {
            bounds.add(new Bound("less than or equal", last));
        }
        return bounds;
    }

    private static void begin(XMLStreamWriter xml) throws XMLStreamException {
        xml.writeStartDocument("UTF-8", "1.0");
        xml.writeStartElement("oval_definitions");
        xml.writeDefaultNamespace(NS);
        xml.writeNamespace("oval", COMMON);
        xml.writeNamespace("linux", LINUX);
        xml.writeStartElement("generator");
        text(xml, "oval:product_name", "Understudy bench");
        text(xml, "oval:schema_version", "5.11.1");
        text(xml, "oval:timestamp", "2025-12-31T00:00:00");
        xml.writeEndElement();
    }

    private static void definition(
            XMLStreamWriter xml, int number, FixedVersion statement, List<Integer> tests)
            throws XMLStreamException {
        start(xml, "definition", "def", number);
        xml.writeAttribute("class", "vulnerability");
        xml.writeStartElement("metadata");
        text(xml, "title", statement.advisory() + " " + statement.source());
        xml.writeStartElement("affected");
        xml.writeAttribute("family", "unix");
        text(xml, "platform", "Debian GNU/Linux 12");
        xml.writeEndElement();
        for (String name : DebsecanFile.names(statement)) {
            xml.writeEmptyElement("reference");
            xml.writeAttribute("source", name.startsWith("CVE-") ? "CVE" : "Advisory");
            xml.writeAttribute("ref_id", name);
        }
        text(xml, "description", statement.advisory());
        xml.writeEndElement();
        xml.writeStartElement("criteria");
        xml.writeAttribute("operator", "OR");
        for (int test : tests) {
            xml.writeEmptyElement("criterion");
            xml.writeAttribute("test_ref", "oval:dev.understudy:tst:" + test);
            xml.writeAttribute("comment", "an affected version is installed");
        }
        xml.writeEndElement();
        xml.writeEndElement();
    }

    private static void writeTests(
            XMLStreamWriter xml,
            Map<Test, Integer> tests,
            Map<String, Integer> objects,
            Map<Bound, Integer> states)
            throws XMLStreamException {
        xml.writeStartElement("tests");
        for (Map.Entry<Test, Integer> each : tests.entrySet()) {
            start(xml, "linux:dpkginfo_test", "tst", each.getValue());
            xml.writeAttribute("check", "at least one");
            xml.writeAttribute("check_existence", "at_least_one_exists");
            xml.writeAttribute("state_operator", "AND");
            xml.writeAttribute("comment", each.getKey().binary());
            refer(
                    xml,
                    "linux:object",
                    "object_ref",
                    "obj",
                    Objects.requireNonNull(objects.get(each.getKey().binary())));
            for (Bound bound : each.getKey().bounds()) {
                refer(
                        xml,
                        "linux:state",
                        "state_ref",
                        "ste",
                        Objects.requireNonNull(states.get(bound)));
            }
            xml.writeEndElement();
        }
        xml.writeEndElement();
    }

    private static void writeObjects(XMLStreamWriter xml, Map<String, Integer> objects)
            throws XMLStreamException {
        xml.writeStartElement("objects");
        for (Map.Entry<String, Integer> each : objects.entrySet()) {
            start(xml, "linux:dpkginfo_object", "obj", each.getValue());
            text(xml, "linux:name", each.getKey());
            xml.writeEndElement();
        }
        xml.writeEndElement();
    }

    private static void writeStates(XMLStreamWriter xml, Map<Bound, Integer> states)
            throws XMLStreamException {
        xml.writeStartElement("states");
        for (Map.Entry<Bound, Integer> each : states.entrySet()) {
            start(xml, "linux:dpkginfo_state", "ste", each.getValue());
            xml.writeStartElement("linux:evr");
            xml.writeAttribute("datatype", "debian_evr_string");
            xml.writeAttribute("operation", each.getKey().operation());
            String version = each.getKey().version();
            xml.writeCharacters(version.contains(":") ? version : "0:" + version);
            xml.writeEndElement();
            xml.writeEndElement();
        }
        xml.writeEndElement();
    }

    private static void start(XMLStreamWriter xml, String element, String kind, int number)
            throws XMLStreamException {
        xml.writeStartElement(element);
        xml.writeAttribute("id", "oval:dev.understudy:%s:%d".formatted(kind, number));
        xml.writeAttribute("version", "1");
    }

    private static void refer(
            XMLStreamWriter xml, String element, String attribute, String kind, Integer number)
            throws XMLStreamException {
        xml.writeEmptyElement(element);
        xml.writeAttribute(attribute, "oval:dev.understudy:%s:%d".formatted(kind, number));
    }

    private static void text(XMLStreamWriter xml, String element, String text)
            throws XMLStreamException {
        xml.writeStartElement(element);
        xml.writeCharacters(text);
        xml.writeEndElement();
    }
}
