package dev.understudy.rollout;

import dev.understudy.protocol.Clue;
import dev.understudy.protocol.PackageChange;
import dev.understudy.risk.PatchId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Who is to blame for a failure on a host itself, where the rehearsal had passed.
sealed interface Blame {

    /// It was the host's own misfortune and says nothing of any patch.
    record HostsOwn(String why) implements Blame {}

    /// `proven` are at fault for certain, `suspects` may be; each with the evidence. A patch of the
    /// plan that is in neither is cleared.
    record Patches(Map<PatchId, String> proven, Map<PatchId, String> suspects) implements Blame {}

    /// Judges by what the host's agent found, else by what its reasons name, else by what the rest
    /// of the fleet shows.
    ///
    /// @param reasons why it failed, in the host's words
    /// @param provedElsewhere patches that are in effect on other hosts, and healthy
    static Blame of(
            HostPlan plan, List<String> reasons, List<Clue> clues, Set<PatchId> provedElsewhere) {
        return clues.stream()
                .filter(clue -> clue.kind() == Clue.Kind.HOST)
                .findFirst()
                .<Blame>map(clue -> new HostsOwn(clue.detail()))
                .orElseGet(() -> patches(plan, reasons, clues, provedElsewhere));
    }

    private static Patches patches(
            HostPlan plan, List<String> reasons, List<Clue> clues, Set<PatchId> provedElsewhere) {
        Map<PatchId, String> proven = pointed(plan, clues, Clue.Kind.INSTALLATION);
        if (proven.isEmpty()) {
            proven = named(plan, reasons, "package %s\\b", "The package manager names %s.");
        }
        if (proven.isEmpty() && plan.parts().size() == 1) {
            proven = Map.of(plan.patches().getFirst(), "Nothing else was changed.");
        }
        if (!proven.isEmpty()) {
            return new Patches(proven, Map.of());
        }
        Map<PatchId, String> suspects = pointed(plan, clues, Clue.Kind.OWNER);
        if (suspects.isEmpty()) {
            suspects = pointed(plan, clues, Clue.Kind.USED);
        }
        if (suspects.isEmpty()) {
            suspects = named(plan, reasons, "(?<![\\w-])%s(?![\\w-])", "The reasons name %s.");
        }
        if (suspects.isEmpty()) {
            suspects = unproved(plan, provedElsewhere);
        }
        return new Patches(Map.of(), suspects);
    }

    private static Map<PatchId, String> pointed(HostPlan plan, List<Clue> clues, Clue.Kind kind) {
        Map<PatchId, String> pointed = new LinkedHashMap<>();
        for (HostPlan.Part part : plan.parts()) {
            Set<String> packages = packages(part);
            String evidence =
                    clues.stream()
                            .filter(clue -> clue.kind() == kind)
                            .filter(clue -> packages.contains(clue.packageName()))
                            .map(Clue::detail)
                            .distinct()
                            .limit(5)
                            .collect(Collectors.joining(" "));
            if (!evidence.isEmpty()) {
                pointed.put(part.patch(), evidence);
            }
        }
        return pointed;
    }

    private static Set<String> packages(HostPlan.Part part) {
        return part.changes().stream().map(PackageChange::name).collect(Collectors.toSet());
    }

    /// Patches one of whose packages is named in the reasons, in the manner of `pattern`.
    static Map<PatchId, String> named(
            HostPlan plan, List<String> reasons, String pattern, String evidence) {
        String text = String.join("\n", reasons);
        Map<PatchId, String> named = new LinkedHashMap<>();
        for (HostPlan.Part part : plan.parts()) {
            part.changes().stream()
                    .map(PackageChange::name)
                    .filter(
                            name ->
                                    Pattern.compile(pattern.formatted(Pattern.quote(name)))
                                            .matcher(text)
                                            .find())
                    .findFirst()
                    .ifPresent(name -> named.put(part.patch(), evidence.formatted(name)));
        }
        return named;
    }

    /// What works elsewhere is less likely at fault; if all of it does, none of it is cleared.
    private static Map<PatchId, String> unproved(HostPlan plan, Set<PatchId> provedElsewhere) {
        boolean all = provedElsewhere.containsAll(plan.patches());
        Map<PatchId, String> suspects = new LinkedHashMap<>();
        plan.patches().stream()
                .filter(patch -> all || !provedElsewhere.contains(patch))
                .forEach(
                        patch ->
                                suspects.put(
                                        patch,
                                        all
                                                ? "Nothing points at one of the %d patches; each works on other hosts."
                                                        .formatted(plan.parts().size())
                                                : "Nothing points at one of the %d patches, and no other host has shown that this one works."
                                                        .formatted(plan.parts().size())));
        return suspects;
    }
}
