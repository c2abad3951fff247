package dev.understudy;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The table of modules as a rule: who may use whom, whose tables a statement may name, and where
/// Spring's annotations are. The picture in ARCHITECTURE.md is made from the same table.
class ModulesTest {
    /// What each module may use besides `platform`, `protocol` and `governance`.
    private static final Map<String, Set<String>> TABLE =
            Map.ofEntries(
                    Map.entry("platform", Set.of()),
                    Map.entry("governance", Set.of()),
                    Map.entry("fleet", Set.of()),
                    Map.entry("advisory", Set.of()),
                    Map.entry("risk", Set.of("fleet", "advisory")),
                    Map.entry("rehearsal", Set.of("fleet", "advisory")),
                    Map.entry("rollout", Set.of("fleet", "advisory", "risk", "rehearsal")),
                    Map.entry(
                            "learning",
                            Set.of("rollout", "rehearsal", "risk", "fleet", "advisory")),
                    Map.entry("report", domain()),
                    Map.entry("integration", domain()),
                    Map.entry("api", everyone()),
                    Map.entry("console", everyone()),
                    Map.entry("app", all()));

    private static final Set<String> ANNOTATED = Set.of("app", "api", "console");
    private static final Pattern MODULE = Pattern.compile("dev\\.understudy\\.([a-z]+)(\\..*)?");
    private static final Path ROOT = root();
    private static final JavaClasses SERVER =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages("dev.understudy");

    @Test
    void everyModuleIsInTheTable() {
        assertThat(modules()).isSubsetOf(TABLE.keySet());
    }

    @Test
    void modulesUseOnlyWhatTheTableAllows() {
        assertThat(
                        SERVER.stream()
                                .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
                                .filter(ModulesTest::isForbidden)
                                .map(Dependency::getDescription)
                                .distinct())
                .isEmpty();
    }

    @Test
    void theTableHasNoCycle() {
        for (String start : TABLE.keySet()) {
            assertThat(reachable(start)).as("what %s uses", start).doesNotContain(start);
        }
    }

    @Test
    void springAnnotationsStayInAppApiAndConsole() {
        assertThat(
                        SERVER.stream()
                                .filter(type -> !ANNOTATED.contains(module(type.getPackageName())))
                                .filter(ModulesTest::hasSpringAnnotation)
                                .map(JavaClass::getName))
                .isEmpty();
    }

    @Test
    void statementsNameOnlyTheirOwnSchemaAndPublishedViews() throws IOException {
        assertThat(foreignTables(ROOT.resolve("server/src/main/java/dev/understudy"), ".java"))
                .isEmpty();
        assertThat(foreignTables(ROOT.resolve("server/src/main/resources/db/migration"), ".sql"))
                .isEmpty();
    }

    @Test
    void thePictureInArchitectureShowsTheModulesAsTheyAre() throws IOException {
        Path file = ROOT.resolve("ARCHITECTURE.md");
        String text = Files.readString(file);
        Matcher block =
                Pattern.compile("(?s)(<!-- modules: .*?-->\n).*?(<!-- /modules -->)").matcher(text);
        assertThat(block.find()).as("%s has a block of modules", file).isTrue();
        String drawn = text.substring(0, block.end(1)) + picture() + text.substring(block.start(2));
        if (Boolean.getBoolean("understudy.draw")) {
            Files.writeString(file, drawn);
        }
        assertThat(Files.readString(file))
                .as("ARCHITECTURE.md; -Dtest.jvm=-Dunderstudy.draw=true draws it anew")
                .isEqualTo(drawn);
    }

    /// The table as a picture, of the modules that exist: without what everyone may use, and
    /// without what follows from other arrows.
    private static String picture() {
        Set<String> shown = modules();
        shown.retainAll(everyone());
        StringBuilder picture = new StringBuilder("```mermaid\nflowchart TD\n");
        picture.append("    app --> api & console\n");
        picture.append("    api & console --> domain\n");
        picture.append("    domain --> governance --> platform\n");
        picture.append("    subgraph domain\n");
        for (String from : shown) {
            picture.append("        ").append(from).append('\n');
            TABLE.getOrDefault(from, Set.of()).stream()
                    .filter(shown::contains)
                    .filter(to -> isDirect(from, to))
                    .sorted()
                    .forEach(to -> picture.append("        %s --> %s%n".formatted(from, to)));
        }
        return picture.append("    end\n```\n").toString();
    }

    private static boolean isDirect(String from, String to) {
        return TABLE.getOrDefault(from, Set.of()).stream()
                .noneMatch(between -> TABLE.getOrDefault(between, Set.of()).contains(to));
    }

    private static boolean isForbidden(Dependency use) {
        String from = module(use.getOriginClass().getPackageName());
        String to = module(use.getTargetClass().getPackageName());
        return TABLE.containsKey(from)
                && TABLE.containsKey(to)
                && !from.equals(to)
                && !allowed(from).contains(to);
    }

    private static Set<String> allowed(String module) {
        Set<String> allowed = new TreeSet<>(TABLE.getOrDefault(module, Set.of()));
        if (!module.equals("platform")) {
            allowed.add("platform");
            if (!module.equals("governance")) {
                allowed.add("governance");
            }
        }
        return allowed;
    }

    private static Set<String> reachable(String start) {
        Set<String> reached = new TreeSet<>(allowed(start));
        int before;
        do {
            before = reached.size();
            List.copyOf(reached).forEach(module -> reached.addAll(allowed(module)));
        } while (reached.size() > before);
        return reached;
    }

    private static boolean hasSpringAnnotation(JavaClass type) {
        return Stream.of(
                        type.getAnnotations().stream(),
                        type.getMembers().stream()
                                .flatMap(member -> member.getAnnotations().stream()))
                .flatMap(annotations -> annotations)
                .anyMatch(a -> a.getRawType().getPackageName().startsWith("org.springframework"));
    }

    private static List<String> foreignTables(Path folder, String suffix) throws IOException {
        Pattern names =
                Pattern.compile(
                        "(?i)\\b(?:from|join|into|update|table|references|using|truncate|on)\\s+"
                                + "(?:only\\s+)?(%s)\\.([a-z_]+)"
                                        .formatted(String.join("|", TABLE.keySet())));
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(suffix))
                    .flatMap(file -> foreignTables(folder, file, names))
                    .toList();
        }
    }

    private static Stream<String> foreignTables(Path folder, Path file, Pattern names) {
        String own = folder.relativize(file).getName(0).toString();
        return names.matcher(withoutComments(read(file)))
                .results()
                .filter(found -> !found.group(1).toLowerCase(Locale.ROOT).equals(own))
                .filter(found -> !found.group(2).startsWith("published_"))
                .map(found -> "%s: %s".formatted(folder.relativize(file), found.group()));
    }

    private static String withoutComments(String text) {
        return text.lines()
                .filter(line -> !line.stripLeading().startsWith("//"))
                .filter(line -> !line.stripLeading().startsWith("--"))
                .filter(line -> !line.startsWith("import "))
                .collect(Collectors.joining("\n"));
    }

    private static Set<String> modules() {
        return SERVER.stream()
                .map(type -> module(type.getPackageName()))
                .filter(module -> !module.isEmpty() && !module.equals("protocol"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String module(String packageName) {
        Matcher matcher = MODULE.matcher(packageName);
        return matcher.matches() ? matcher.group(1) : "";
    }

    private static Set<String> domain() {
        return Set.of("fleet", "advisory", "risk", "rehearsal", "rollout", "learning");
    }

    private static Set<String> everyone() {
        Set<String> modules = new TreeSet<>(domain());
        modules.addAll(Set.of("report", "integration"));
        return modules;
    }

    private static Set<String> all() {
        Set<String> modules = new TreeSet<>(everyone());
        modules.addAll(Set.of("api", "console"));
        return modules;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path root() {
        Path here = Path.of("").toAbsolutePath();
        return Files.exists(here.resolve("server/pom.xml"))
                ? here
                : Objects.requireNonNull(here.getParent());
    }
}
