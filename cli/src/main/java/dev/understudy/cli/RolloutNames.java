package dev.understudy.cli;

import java.util.List;
import java.util.regex.Pattern;

/// How people name a rollout: by its whole id, by the end of it, or as `latest`.
final class RolloutNames {
    static final String HOW =
            "Its id, the last digits of it, or `latest`; see `understudy rollout`.";

    private static final Pattern WHOLE =
            Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    private static final Pattern END = Pattern.compile("[0-9a-f-]{4,35}");
    private static final int BRIEF = 8;

    /// So many digits of a plan's hash are enough to name it.
    static final int BRIEF_PLAN = 12;

    private RolloutNames() {}

    /// The whole id.
    static String id(Api api, String name) {
        if (WHOLE.matcher(name).matches()) {
            return name;
        }
        if (!name.equals("latest") && !END.matcher(name).matches()) {
            throw unknown(name);
        }
        List<String> ids =
                api.get("/rollouts?limit=500").items().stream().map(r -> r.text("id")).toList();
        if (name.equals("latest")) {
            if (ids.isEmpty()) {
                throw new Failure(
                        Failure.REFUSED,
                        "No rollouts yet. Start one: understudy rollout start --group GROUP");
            }
            return ids.getFirst();
        }
        List<String> found = ids.stream().filter(id -> id.endsWith(name)).toList();
        if (found.isEmpty()) {
            throw unknown(name);
        }
        if (found.size() > 1) {
            throw new Failure(
                    Failure.REFUSED,
                    "%d rollouts end with '%s': %s".formatted(found.size(), name, found));
        }
        return found.getFirst();
    }

    /// The end of an id, as people type it.
    static String brief(String id) {
        return id.length() <= BRIEF ? id : id.substring(id.length() - BRIEF);
    }

    /// The beginning of a plan's hash, as people type it.
    static String briefPlan(String hash) {
        return hash.length() <= BRIEF_PLAN ? hash : hash.substring(0, BRIEF_PLAN);
    }

    private static Failure unknown(String name) {
        return new Failure(
                Failure.REFUSED,
                "There is no rollout '%s'. See: understudy rollout".formatted(name));
    }
}
