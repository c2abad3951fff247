package dev.understudy.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/// Servers of the version before go on working while a fleet of replicas is upgraded, so a
/// migration only adds. What it has to do beyond that says on a line right above the statement
/// either `-- compatible: why`, where servers of the version before do not mind, or `-- contract:
/// why`; a file with the latter makes older servers stop, by `update platform.compatibility set
/// needs = 'its own version'`.
class MigrationsTest {
    /// What was there before replicas of two versions had to work side by side.
    private static final String BEFORE = "202611260412";

    private static final List<Pattern> NOT_ADDITIVE =
            List.of(
                    Pattern.compile("\\bdrop\\b"),
                    Pattern.compile("\\brename\\b"),
                    Pattern.compile("\\btruncate\\b"),
                    Pattern.compile("\\balter (column )?\\w+ (set not null|type|set data type)\\b"),
                    Pattern.compile("\\bset not null\\b"),
                    Pattern.compile("^(update|delete)\\b"),
                    Pattern.compile("\\bcreate or replace\\b"),
                    Pattern.compile("\\bcreate (constraint )?trigger\\b"),
                    Pattern.compile("^create unique index\\b"),
                    Pattern.compile(
                            "^alter table.*\\badd (constraint|check|unique|primary|foreign)\\b"));

    private static final Pattern DEFAULT = Pattern.compile("\\bdefault\\b");

    @Test
    void migrationsOnlyAddUnlessTheySayWhatElse() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (Resource file : files()) {
            String name = Objects.requireNonNull(file.getFilename());
            if (name.substring(1, 13).compareTo(BEFORE) > 0) {
                String sql = file.getContentAsString(StandardCharsets.UTF_8);
                wrongs(sql, name.substring(1, 13)).forEach(what -> wrong.add(name + ": " + what));
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void whatIsMoreThanAddingIsFound() {
        for (String sql :
                List.of(
                        "drop table fleet.hosts;",
                        "alter table fleet.hosts drop column name;",
                        "alter table fleet.hosts rename column name to label;",
                        "alter table fleet.hosts alter column name set not null;",
                        "alter table fleet.hosts alter column name type int;",
                        "alter table fleet.hosts add column more text not null;",
                        "alter table fleet.hosts add a text, add b int not null check (b > 0);",
                        "alter table fleet.hosts add check (name <> 'x');",
                        "update fleet.hosts set name = 'x';",
                        "create unique index one on fleet.hosts (name);",
                        "-- A remark.\ndrop index fleet.one;")) {
            assertThat(wrongs(sql, "299901010000")).as(sql).hasSize(1);
        }
    }

    @Test
    void whatAddsOrSaysWhatItDoesIsNot() {
        for (String sql :
                List.of(
                        "create table fleet.more (id uuid primary key, name text not null);",
                        "alter table fleet.hosts add column more text;",
                        "alter table fleet.hosts add more text not null default '' check (more <> 'x');",
                        "create index more on fleet.hosts (name);",
                        "insert into fleet.more values (1);",
                        "-- compatible: nobody reads it\ndrop index fleet.one;",
                        "create table fleet.more (id int); -- not: drop table x;",
                        "-- contract: nobody has read it for a version\ndrop table fleet.old;\nupdate platform.compatibility set needs = '299901010000';")) {
            assertThat(wrongs(sql, "299901010000")).as(sql).isEmpty();
        }
        assertThat(wrongs("-- contract: it is old\ndrop table fleet.old;", "299901010000"))
                .singleElement()
                .asString()
                .contains("platform.compatibility");
    }

    private static List<Resource> files() throws IOException {
        return Arrays.asList(
                new PathMatchingResourcePatternResolver()
                        .getResources("classpath*:db/migration/**/V*__*.sql"));
    }

    private static List<String> wrongs(String sql, String version) {
        List<String> wrong = new ArrayList<>();
        boolean contract = false;
        String needs = "update platform.compatibility set needs = '%s'".formatted(version);
        boolean raised = false;
        for (String part : sql.split(";\\s*\\n|;\\s*$")) {
            boolean marked = part.lines().anyMatch(line -> line.matches("-- compatible: ..+"));
            boolean contracts = part.lines().anyMatch(line -> line.matches("-- contract: ..+"));
            String statement = bare(part);
            contract |= contracts;
            if (statement.equals(needs)) {
                raised = true;
            } else if (!marked && !contracts && !additive(statement)) {
                wrong.add("is more than adding: " + statement);
            }
        }
        if (contract && !raised) {
            wrong.add("older servers have to be told to stop: " + needs);
        }
        return wrong;
    }

    private static boolean additive(String statement) {
        boolean insideOfNew = statement.startsWith("create table");
        return (insideOfNew || NOT_ADDITIVE.stream().noneMatch(p -> p.matcher(statement).find()))
                && !lacksDefault(statement);
    }

    private static boolean lacksDefault(String statement) {
        return statement.startsWith("alter table")
                && Arrays.stream(statement.split(",? add "))
                        .skip(1)
                        .filter(added -> added.contains("not null"))
                        .anyMatch(added -> !DEFAULT.matcher(added).find());
    }

    /// One statement on one line, without remarks and with single spaces.
    private static String bare(String part) {
        return part.lines()
                .map(line -> line.replaceFirst("--.*$", ""))
                .reduce("", (all, line) -> all + " " + line)
                .strip()
                .replaceAll("\\s+", " ")
                .toLowerCase(Locale.ROOT);
    }
}
