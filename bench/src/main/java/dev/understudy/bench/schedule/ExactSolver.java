package dev.understudy.bench.schedule;

import com.google.ortools.Loader;
import com.google.ortools.sat.CpModel;
import com.google.ortools.sat.CpSolver;
import com.google.ortools.sat.CpSolverStatus;
import com.google.ortools.sat.CumulativeConstraint;
import com.google.ortools.sat.IntVar;
import com.google.ortools.sat.IntervalVar;
import com.google.ortools.sat.LinearExpr;
import com.google.ortools.sat.LinearExprBuilder;
import com.google.ortools.util.Domain;
import dev.understudy.rollout.schedule.Instance;
import dev.understudy.rollout.schedule.Job;
import dev.understudy.rollout.schedule.Timetable;
import dev.understudy.rollout.schedule.Windows.Span;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The same instance for OR-Tools' CP-SAT: minutes, the same windows, quorums, budgets, capacity,
/// waves and sequence, and the same measure.
final class ExactSolver {
    private final Instance in;
    private final CpModel model = new CpModel();
    private final List<IntVar> starts = new ArrayList<>();
    private final List<IntervalVar> intervals = new ArrayList<>();

    private ExactSolver(Instance in) {
        this.in = in;
    }

    /// What the solver found.
    ///
    /// @param cost of its best timetable, as [Timetable#cost] has it
    /// @param bound that no timetable is cheaper than
    /// @param proved whether its best is the best of all
    record Answer(double cost, double bound, boolean proved) {}

    /// @param hint a timetable to begin with
    /// @param seconds how long it may look
    static Answer solve(Instance in, Timetable hint, double seconds) {
        Loader.loadNativeLibraries();
        return new ExactSolver(in).run(hint, seconds);
    }

    private Answer run(Timetable hint, double seconds) {
        long horizon = 0;
        for (int i = 0; i < in.jobs().size(); i++) {
            horizon = Math.max(horizon, hint.end(i) / 60);
        }
        horizon += 7 * 24 * 60;
        LinearExprBuilder cost = LinearExpr.newBuilder();
        double fixed = 0;
        for (int i = 0; i < in.jobs().size(); i++) {
            Job job = in.jobs().get(i);
            IntVar start = model.newIntVarFromDomain(domain(job, horizon), "s" + i);
            starts.add(start);
            intervals.add(model.newFixedSizeIntervalVar(start, job.takes() / 60, "i" + i));
            cost.addTerm(start, (long) job.weight());
            fixed += job.weight() * job.takes() / 60;
            model.addHint(start, hint.start(i) / 60);
        }
        limits();
        order(horizon);
        model.minimize(cost);
        CpSolver solver = new CpSolver();
        solver.getParameters().setMaxTimeInSeconds(seconds).setNumWorkers(2).setRandomSeed(1);
        CpSolverStatus status = solver.solve(model);
        if (status != CpSolverStatus.OPTIMAL && status != CpSolverStatus.FEASIBLE) {
            throw new IllegalStateException("the exact solver says " + status);
        }
        return new Answer(
                (solver.objectiveValue() + fixed) / 60,
                (solver.bestObjectiveBound() + fixed) / 60,
                status == CpSolverStatus.OPTIMAL);
    }

    private Domain domain(Job job, long horizon) {
        List<long[]> spans = new ArrayList<>();
        long at = 0;
        while (at < horizon * 60) {
            Optional<Span> span = in.lanes().get(job.lane()).windows().next(at);
            if (span.isEmpty()) {
                break;
            }
            long from = Math.ceilDiv(span.get().from(), 60);
            long to =
                    Math.min(
                            horizon, Math.ceilDiv(Math.min(span.get().to(), horizon * 60), 60) - 1);
            if (from <= to) {
                spans.add(new long[] {from, to});
            }
            at = span.get().to();
        }
        return Domain.fromIntervals(spans.toArray(long[][]::new));
    }

    private void limits() {
        Map<String, List<Integer>> sets = new HashMap<>();
        Map<String, Integer> most = new HashMap<>();
        for (int i = 0; i < in.jobs().size(); i++) {
            Job job = in.jobs().get(i);
            limit(sets, most, "fleet", in.atOnce(), i);
            limit(sets, most, "lane " + job.lane(), in.lanes().get(job.lane()).budget(), i);
            if (job.haGroup() >= 0) {
                limit(sets, most, "ha " + job.haGroup(), in.haSlots().get(job.haGroup()), i);
            }
        }
        sets.forEach(
                (name, jobs) -> {
                    int limit = most.getOrDefault(name, 1);
                    if (jobs.size() <= limit) {
                        return;
                    }
                    if (limit == 1) {
                        model.addNoOverlap(jobs.stream().map(intervals::get).toList());
                        return;
                    }
                    CumulativeConstraint together = model.addCumulative(limit);
                    jobs.forEach(job -> together.addDemand(intervals.get(job), 1));
                });
    }

    private static void limit(
            Map<String, List<Integer>> sets,
            Map<String, Integer> most,
            String name,
            int limit,
            int job) {
        sets.computeIfAbsent(name, _ -> new ArrayList<>()).add(job);
        most.put(name, limit);
    }

    private void order(long horizon) {
        int waves = in.jobs().stream().mapToInt(Job::wave).max().orElse(1);
        List<IntVar> over = new ArrayList<>();
        for (int wave = 0; wave <= waves; wave++) {
            over.add(model.newIntVar(0, horizon * 2, "w" + wave));
        }
        for (int i = 0; i < in.jobs().size(); i++) {
            Job job = in.jobs().get(i);
            LinearExpr end =
                    LinearExpr.newBuilder().add(starts.get(i)).add(job.takes() / 60).build();
            model.addGreaterOrEqual(over.get(job.wave()), end);
            if (job.wave() > 1) {
                model.addGreaterOrEqual(
                        starts.get(i),
                        LinearExpr.newBuilder()
                                .add(over.get(job.wave() - 1))
                                .add(in.soak() / 60)
                                .build());
            }
            for (int before : job.before()) {
                model.addGreaterOrEqual(
                        starts.get(i),
                        LinearExpr.newBuilder()
                                .add(starts.get(before))
                                .add(in.jobs().get(before).takes() / 60)
                                .build());
            }
        }
    }
}
