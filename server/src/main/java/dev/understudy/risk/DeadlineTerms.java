package dev.understudy.risk;

import dev.understudy.protocol.HostId;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

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

    /// The exception that leaves the CVE open longest, whatever patch would fix it.
    Optional<FindingException> exception(String cve) {
        return exceptions.stream().filter(each -> each.subject().equals(cve)).findFirst();
    }

    /// The terms of all hosts, as of one moment.
    ///
    /// @param rules by group; the empty name is for groups without their own
    /// @param exceptions that hold now, those that hold longest first
    record OfFleet(Map<String, DeadlineRule> rules, List<FindingException> exceptions) {
        /// The hosts that an exception of their own sets apart.
        Set<HostId> exceptedHosts() {
            return exceptions.stream()
                    .map(FindingException::host)
                    .filter(Objects::nonNull)
                    .collect(Collectors.toSet());
        }

        DeadlineTerms of(HostId host, String group) {
            return new DeadlineTerms(
                    rule(group),
                    exceptions.stream().filter(each -> each.concerns(host, group)).toList());
        }

        /// Of the hosts in the group that no exception of their own sets apart.
        DeadlineTerms of(String group) {
            return new DeadlineTerms(
                    rule(group),
                    exceptions.stream()
                            .filter(each -> each.host() == null && each.concerns(group))
                            .toList());
        }

        private DeadlineRule rule(String group) {
            DeadlineRule rule = rules.get(group);
            return rule == null ? rules.getOrDefault("", DeadlineRule.USUAL) : rule;
        }
    }
}
