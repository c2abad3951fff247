package dev.understudy.rollout.gate;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// What a rollout's record comes to, stratum by stratum. The same fold decides while the rollout
/// goes on and makes the decisions again afterwards.
public record Course(List<Progress> strata) {
    public Course {
        strata = List.copyOf(strata);
    }

    public static Course of(List<WavePlan> plans, List<Entry> entries) {
        Course course = new Course(plans.stream().map(Progress::start).toList());
        for (Entry entry : entries) {
            course = course.with(entry);
        }
        return course;
    }

    /// With one more line; where nothing is promised there is nothing to count.
    public Course with(Entry entry) {
        if (strata.isEmpty()) {
            return this;
        }
        List<Progress> next = new ArrayList<>(strata);
        next.set(entry.stratum(), strata.get(entry.stratum()).with(entry));
        return new Course(next);
    }

    /// The decisions of the record, made again from everything else in it.
    public static List<Entry.Decided> replay(List<WavePlan> plans, List<Entry> entries) {
        Course course = of(plans, List.of());
        List<Entry.Decided> again = new ArrayList<>();
        for (Entry entry : entries) {
            if (entry instanceof Entry.Decided decided) {
                Entry.Decided mine = course.decide(decided.stratum(), decided.wave());
                again.add(mine);
                course = course.with(mine);
            } else {
                course = course.with(entry);
            }
        }
        return again;
    }

    /// Whether the record bears itself out: decisions and causes come out the same when they are
    /// made again.
    public static boolean replays(List<WavePlan> plans, List<Entry> entries) {
        List<Entry.Decided> decided = new ArrayList<>();
        for (Entry entry : entries) {
            if (entry instanceof Entry.Decided one) {
                decided.add(one);
            } else if ((entry instanceof Entry.Contrasted one && !one.follows())
                    || (entry instanceof Entry.Shared other && !other.follows())) {
                return false;
            }
        }
        return replay(plans, entries).equals(decided);
    }

    /// What the test of a stratum decides now.
    public Entry.Decided decide(int stratum, int wave) {
        Progress progress = strata.get(stratum);
        Standing standing = progress.standing();
        return new Entry.Decided(
                stratum, wave, standing.judged(), standing.failed(), progress.step());
    }

    public boolean halts() {
        return strata.stream().anyMatch(Progress::halts);
    }

    /// As if every stratum had decided.
    public Course decided(int wave) {
        Course course = this;
        for (int stratum = 0; stratum < strata.size(); stratum++) {
            course = course.with(decide(stratum, wave));
        }
        return course;
    }

    /// Where each stratum stands, as one text; `names` has a name for each.
    public String sentence(List<String> names) {
        List<String> sentences = new ArrayList<>();
        for (int i = 0; i < strata.size(); i++) {
            String sentence = strata.get(i).sentence();
            sentences.add(
                    strata.size() == 1 ? sentence : "%s: %s".formatted(names.get(i), sentence));
        }
        return sentences.stream().collect(Collectors.joining(" "));
    }
}
