package dev.understudy.fleet;

import dev.understudy.platform.Database;
import dev.understudy.protocol.InstalledPackage;
import dev.understudy.protocol.Inventory;
import dev.understudy.protocol.Platform;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The exact package sets of the fleet, each kept once and named by its digest. Ten thousand equal
/// hosts have one shape.
public final class Shapes {
    /// What stands for a module stream that the host does not tell.
    private static final String UNTOLD = "?";

    private final Database database;

    public Shapes(Database database) {
        this.database = database;
    }

    /// The packages of a shape, sorted; empty if there is no such shape.
    public List<InstalledPackage> packages(String shape) {
        return packages(Set.of(shape)).getOrDefault(shape, List.of());
    }

    /// Those of many shapes; a package that several have is read once, and is one object.
    Map<String, List<InstalledPackage>> packages(Set<String> shapes) {
        Map<String, Integer[]> numbers = new HashMap<>();
        Set<Integer> wanted = new HashSet<>();
        database.sql("select digest, packages from fleet.shapes where digest = any (:shapes)")
                .param("shapes", shapes.toArray(String[]::new))
                .query(
                        row -> {
                            Integer[] ids = (Integer[]) row.getArray("packages").getArray();
                            numbers.put(row.getString("digest"), ids);
                            wanted.addAll(Arrays.asList(ids));
                        });
        Map<Integer, InstalledPackage> known = new HashMap<>();
        database.sql(
                        """
                        select id, name, architecture, version, source_name, source_version,
                               status, module
                        from fleet.packages
                        where id = any (:ids)
                        """)
                .param("ids", wanted.toArray(Integer[]::new))
                .query(
                        row -> {
                            known.put(row.getInt("id"), read(row));
                        });
        Map<String, List<InstalledPackage>> packages = new HashMap<>();
        numbers.forEach(
                (shape, ids) ->
                        packages.put(
                                shape,
                                Arrays.stream(ids)
                                        .map(id -> Objects.requireNonNull(known.get(id)))
                                        .toList()));
        return packages;
    }

    private static InstalledPackage read(ResultSet row) throws SQLException {
        return new InstalledPackage(
                row.getString("name"),
                row.getString("architecture"),
                row.getString("version"),
                row.getString("source_name"),
                row.getString("source_version"),
                row.getString("status"),
                module(row.getString("module")));
    }

    /// Keeps a shape, unless it is there already. Its packages are sorted, so that two transactions
    /// that bring the same new packages wait for each other instead of locking each other out.
    void keep(String shape, Inventory inventory, Instant now) {
        if (has(shape)) {
            return;
        }
        List<InstalledPackage> packages = inventory.packages();
        Platform platform = inventory.platform();
        keepPackages(packages);
        database.sql(
                        """
                        insert into fleet.shapes
                            (digest, distribution, version, codename, package_manager, packages,
                             first_seen)
                        select :digest, :distribution, :version, :codename, :packageManager,
                               coalesce(array_agg(p.id order by u.position), '{}'), :now
                        from unnest(:names::text[], :architectures::text[], :versions::text[],
                                    :sourceNames::text[], :sourceVersions::text[],
                                    :statuses::text[], :modules::text[])
                             with ordinality as u (name, architecture, version, source_name,
                                                   source_version, status, module, position)
                        join fleet.packages p
                            using (name, architecture, version, source_name, source_version, status,
                                   module)
                        on conflict (digest) do nothing
                        """)
                .param("digest", shape)
                .param("distribution", platform.distribution())
                .param("version", platform.version())
                .param("codename", platform.codename())
                .param("packageManager", inventory.capabilities().packageManager())
                .param("now", Times.sql(now))
                .param("names", column(packages, InstalledPackage::name))
                .param("architectures", column(packages, InstalledPackage::architecture))
                .param("versions", column(packages, InstalledPackage::version))
                .param("sourceNames", column(packages, InstalledPackage::sourceName))
                .param("sourceVersions", column(packages, InstalledPackage::sourceVersion))
                .param("statuses", column(packages, InstalledPackage::status))
                .param("modules", column(packages, Shapes::module))
                .update();
    }

    private boolean has(String shape) {
        return database.sql("select exists (select from fleet.shapes where digest = :digest)")
                .param("digest", shape)
                .query(Boolean.class)
                .single();
    }

    private void keepPackages(List<InstalledPackage> packages) {
        database.sql(
                        """
                        insert into fleet.packages
                            (name, architecture, version, source_name, source_version, status,
                             module)
                        select u.name, u.architecture, u.version,
                               u.source_name, u.source_version, u.status, u.module
                        from unnest(:names::text[], :architectures::text[], :versions::text[],
                                    :sourceNames::text[], :sourceVersions::text[],
                                    :statuses::text[], :modules::text[])
                             with ordinality as u (name, architecture, version, source_name,
                                                   source_version, status, module, position)
                        where not exists (select
                                          from fleet.packages p
                                          where p.name = u.name
                                            and p.architecture = u.architecture
                                            and p.version = u.version
                                            and p.source_name = u.source_name
                                            and p.source_version = u.source_version
                                            and p.status = u.status
                                            and p.module = u.module)
                        order by u.position
                        on conflict do nothing
                        """)
                .param("names", column(packages, InstalledPackage::name))
                .param("architectures", column(packages, InstalledPackage::architecture))
                .param("versions", column(packages, InstalledPackage::version))
                .param("sourceNames", column(packages, InstalledPackage::sourceName))
                .param("sourceVersions", column(packages, InstalledPackage::sourceVersion))
                .param("statuses", column(packages, InstalledPackage::status))
                .param("modules", column(packages, Shapes::module))
                .update();
    }

    private static String[] column(
            List<InstalledPackage> packages, Function<InstalledPackage, String> value) {
        return packages.stream().map(value).toArray(String[]::new);
    }

    private static String module(InstalledPackage of) {
        String module = of.module();
        return module == null ? UNTOLD : module;
    }

    private static @Nullable String module(String kept) {
        return kept.equals(UNTOLD) ? null : kept;
    }
}
