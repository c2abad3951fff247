package dev.understudy.learning;

import dev.understudy.learning.PredictFailures.Figures;
import dev.understudy.learning.PredictFailures.Group;
import dev.understudy.learning.PredictFailures.Inputs;
import dev.understudy.learning.PredictFailures.Part;
import dev.understudy.platform.Database;
import dev.understudy.platform.Json;
import dev.understudy.platform.Problem;
import dev.understudy.protocol.HostId;
import dev.understudy.risk.PatchId;
import dev.understudy.rollout.Deployment;
import dev.understudy.rollout.FailureForecast;
import dev.understudy.rollout.HostPlan;
import dev.understudy.rollout.RolloutId;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/// The forecasts of rollouts, each with what it was made of.
public final class Forecasts implements FailureForecast {
    private final Database database;
    private final Outcomes outcomes;
    private final InstantSource clock;

    Forecasts(Database database, Outcomes outcomes, InstantSource clock) {
        this.database = database;
        this.outcomes = outcomes;
        this.clock = clock;
    }

    /// A forecast as it was made.
    ///
    /// @param snapshot of the database, in which the outcomes were seen
    record Kept(RolloutId rollout, Instant at, String snapshot, Made made, Figures figures) {}

    /// What a forecast is made of: the model's inputs, and which hosts are in which group.
    record Made(Inputs inputs, List<List<HostId>> hosts) {
        Made {
            hosts = hosts.stream().map(List::copyOf).toList();
        }
    }

    private record Drawn(Instant at, String snapshot, Made made) {}

    @Override
    public String before(RolloutId rollout, List<Deployment> planned) {
        Drawn drawn = draw(planned, seed(rollout));
        if (drawn.made().inputs().hosts() == 0) {
            return "";
        }
        Figures figures = PredictFailures.of(drawn.made().inputs());
        database.sql(
                        """
                        insert into learning.forecasts
                            (rollout, at, snapshot, model, record, figures)
                        values (:rollout, :at, :snapshot::pg_snapshot, :model, :record::jsonb,
                                :figures::jsonb)
                        """)
                .param("rollout", rollout.value())
                .param("at", Stored.utc(drawn.at()))
                .param("snapshot", drawn.snapshot())
                .param("model", drawn.made().inputs().model())
                .param("record", Json.write(drawn.made()))
                .param("figures", Json.write(figures))
                .update();
        return ForecastView.sentence(figures);
    }

    @Override
    public String outlook(List<Deployment> planned) {
        Inputs inputs = draw(planned, 0).made().inputs();
        return inputs.hosts() == 0 ? "" : ForecastView.sentence(PredictFailures.of(inputs));
    }

    private static long seed(RolloutId rollout) {
        return rollout.value().getMostSignificantBits() ^ rollout.value().getLeastSignificantBits();
    }

    private Drawn draw(List<Deployment> planned, long seed) {
        Map<HostId, HostPlan> plans = new LinkedHashMap<>();
        for (Deployment d : planned) {
            HostPlan plan = d.plan();
            if (plan != null && d.open()) {
                plans.put(d.host(), plan);
            }
        }
        Map<HostId, String> groups = outcomes.groups(plans.keySet());
        Instant at = clock.instant().truncatedTo(ChronoUnit.MICROS);
        Outcomes.Snapshot seen =
                outcomes.now(
                        classes(
                                plans.values().stream()
                                        .flatMap(plan -> plan.patches().stream())
                                        .toList()));
        Reliability reliability = new Reliability(Model.CURRENT, seen.evidence(), at);
        Map<List<String>, List<HostId>> alike = new HashMap<>();
        Map<String, Integer> numbers = new TreeMap<>();
        List<Part> parts = new ArrayList<>();
        Map<List<String>, List<Integer>> places = new HashMap<>();
        plans.forEach(
                (host, plan) -> {
                    String group = groups.getOrDefault(host, "");
                    List<String> key = key(plan, group);
                    alike.computeIfAbsent(key, _ -> new ArrayList<>()).add(host);
                    places.computeIfAbsent(
                            key,
                            _ ->
                                    plan.patches().stream()
                                            .map(p -> place(p, group, numbers, parts, reliability))
                                            .toList());
                });
        List<Group> sizes = new ArrayList<>();
        List<List<HostId>> members = new ArrayList<>();
        alike.entrySet().stream()
                .sorted(Map.Entry.comparingByKey((a, b) -> a.toString().compareTo(b.toString())))
                .forEach(
                        each -> {
                            sizes.add(
                                    new Group(
                                            places.getOrDefault(each.getKey(), List.of()),
                                            each.getValue().size()));
                            members.add(each.getValue());
                        });
        return new Drawn(
                at,
                seen.snapshot(),
                new Made(new Inputs(Model.CURRENT.version(), seed, parts, sizes), members));
    }

    private static List<String> key(HostPlan plan, String group) {
        List<String> key = new ArrayList<>(List.of(group));
        plan.patches().stream().map(PatchId::toString).sorted().forEach(key::add);
        return key;
    }

    private static int place(
            PatchId patch,
            String group,
            Map<String, Integer> numbers,
            List<Part> parts,
            Reliability reliability) {
        String configuration = Outcomes.configuration(patch, group);
        return numbers.computeIfAbsent(
                patch + " " + configuration,
                _ -> {
                    parts.add(
                            new Part(
                                    patch.toString(),
                                    configuration,
                                    known(reliability, patch, configuration)));
                    return parts.size() - 1;
                });
    }

    private static Reliability.Known known(
            Reliability reliability, PatchId patch, String configuration) {
        return reliability.of(
                patch.toString(), PatchClass.of(patch.source()), patch.source(), configuration);
    }

    private static Set<PatchClass> classes(Collection<PatchId> patches) {
        Set<PatchClass> classes = new TreeSet<>();
        patches.forEach(patch -> classes.add(PatchClass.of(patch.source())));
        return classes;
    }

    Optional<Kept> find(RolloutId rollout) {
        return database.sql(
                        """
                        select at, snapshot::text as snapshot, record, figures
                        from learning.forecasts
                        where rollout = :rollout
                        """)
                .param("rollout", rollout.value())
                .query(
                        (row, _) ->
                                new Kept(
                                        rollout,
                                        Stored.instant(row, "at"),
                                        row.getString("snapshot"),
                                        Json.read(row.getString("record"), Made.class),
                                        Json.read(row.getString("figures"), Figures.class)))
                .optional();
    }

    /// The forecast, made again from its record and from every outcome that it was made of.
    ///
    /// @throws Problem if the rollout has none
    public ForecastView get(RolloutId rollout) {
        Kept kept =
                find(rollout)
                        .orElseThrow(
                                () ->
                                        Problem.notFound(
                                                "forecast-not-found",
                                                "The rollout %s has no forecast: there is no such rollout, it is from before there were forecasts, or no host takes part."
                                                        .formatted(rollout.brief())));
        Inputs inputs = kept.made().inputs();
        return ForecastView.of(
                kept,
                PredictFailures.of(inputs).equals(kept.figures()),
                again(kept).equals(inputs.parts()));
    }

    /// The parts of a forecast with what is known of them summed up anew.
    private List<Part> again(Kept kept) {
        List<Part> parts = kept.made().inputs().parts();
        List<PatchId> patches = parts.stream().map(part -> PatchId.parse(part.patch())).toList();
        Reliability reliability =
                new Reliability(
                        Model.version(kept.made().inputs().model()),
                        outcomes.asOf(kept.snapshot(), classes(patches)),
                        kept.at());
        List<Part> again = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            String configuration = parts.get(i).configuration();
            again.add(
                    new Part(
                            parts.get(i).patch(),
                            configuration,
                            known(reliability, patches.get(i), configuration)));
        }
        return again;
    }

    /// What was expected of these rollouts, in a sentence each, where anything was.
    public Map<RolloutId, String> sentences(Collection<RolloutId> rollouts) {
        Map<RolloutId, String> sentences = new HashMap<>();
        database.sql(
                        """
                        select rollout, figures
                        from learning.forecasts
                        where rollout = any(:rollouts)
                        """)
                .param("rollouts", rollouts.stream().map(RolloutId::value).toArray(UUID[]::new))
                .query(
                        (row, _) ->
                                sentences.put(
                                        new RolloutId(row.getObject("rollout", UUID.class)),
                                        ForecastView.sentence(
                                                Json.read(
                                                        row.getString("figures"), Figures.class))))
                .list();
        return sentences;
    }

    /// The rollout is over and can be scored.
    void ended(RolloutId rollout) {
        database.sql(
                        """
                        update learning.forecasts
                        set ended_at = coalesce(ended_at, :now)
                        where rollout = :rollout
                        """)
                .param("rollout", rollout.value())
                .param("now", Stored.utc(clock.instant()))
                .update();
    }

    /// Rollouts that ended before then and were not scored.
    List<RolloutId> toScore(Instant before) {
        return database.sql(
                        """
                        select f.rollout
                        from learning.forecasts f
                        where f.ended_at <= :before
                          and not exists (select
                                          from learning.scores s
                                          where s.rollout = f.rollout)
                        order by f.ended_at
                        """)
                .param("before", Stored.utc(before))
                .query((row, _) -> new RolloutId(row.getObject("rollout", UUID.class)))
                .list();
    }

    /// The inputs as if only these hosts had been asked about.
    static Inputs only(Made made, Set<HostId> hosts) {
        Set<HostId> asked = new HashSet<>(hosts);
        List<Group> groups = new ArrayList<>();
        for (int i = 0; i < made.hosts().size(); i++) {
            int left = (int) made.hosts().get(i).stream().filter(asked::contains).count();
            groups.add(new Group(made.inputs().groups().get(i).parts(), left));
        }
        return new Inputs(
                made.inputs().model(), made.inputs().seed(), made.inputs().parts(), groups);
    }
}
