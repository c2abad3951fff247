package dev.understudy.risk;

import dev.understudy.protocol.HostId;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What sets the deadlines of one host: its group's rule, and the exceptions that hold for it.
record DeadlineTerms(DeadlineRule rule, List<FindingException> exceptions) {
    static final DeadlineTerms USUAL = new DeadlineTerms(DeadlineRule.USUAL, List.of());

    DeadlineTerms {
        exceptions = List.copyOf(exceptions);
    }

    /// The exception that leaves the whole patch open longest.
    Optional<FindingException> exception(PatchId patch) {
        return exceptions.stream()
                .filter(each -> each.subject().equals(patch.toString()))
                .findFirst();
    }

    /// The exception that leaves the CVE of the patch open longest.
    Optional<FindingException> exception(PatchId patch, String cve) {
        return exceptions.stream().filter(each -> each.concerns(patch, cve)).findFirst();
    }

    /// The terms of all hosts, as of one moment.
    ///
    /// @param rules by group; the empty name is for groups without their own
    /// @param exceptions that hold now, those that hold longest first
    record OfFleet(Map<String, DeadlineRule> rules, List<FindingException> exceptions) {
        /// Whether any exception is of a single host.
        boolean exceptsHosts() {
            return exceptions.stream().anyMatch(each -> each.host() != null);
        }

        DeadlineTerms of(HostId host, String group) {
            DeadlineRule rule = rules.get(group);
            DeadlineRule otherwise = rules.getOrDefault("", DeadlineRule.USUAL);
            List<FindingException> here =
                    exceptions.stream().filter(each -> each.concerns(host, group)).toList();
            return new DeadlineTerms(rule == null ? otherwise : rule, here);
        }
    }
}
