package dev.understudy.risk;

import dev.understudy.advisory.CveFacts;
import dev.understudy.fleet.Criticality;
import dev.understudy.fleet.Exposure;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// When one CVE has to be fixed on hosts of one kind: the decision, the start of the clock, and
/// what exceptions make of it. Pure. Everything that shows a deadline has it from here.
///
/// @param due when the clock runs out, or the exception ends if that is later; null where there is
///   no date
record DeadlineOf(
        DecideDeadline.Decision decision,
        Clock clock,
        @Nullable Instant due,
        Optional<FindingException> exception) {

    /// When a clock started, and what started it.
    record Clock(Instant start, String reason) {
        static final String FIRST_SEEN = "the fix was first seen here";

        /// From when the fix could be had.
        ///
        /// @param published when its advisory was published; null where nobody says
        /// @param otherwise when it could be had as far as is known here
        static Clock available(@Nullable Instant published, Clock otherwise) {
            return published == null
                    ? otherwise
                    : new Clock(published, "the advisory was published");
        }

        /// From when exploitation became known, if that is later.
        Clock or(CveFacts facts) {
            CveFacts.Seen seen = facts.seen();
            Clock exploited =
                    facts.listed() != null
                            ? new Clock(
                                    facts.listed().atStartOfDay(ZoneOffset.UTC).toInstant(),
                                    "CISA listed it as known exploited")
                            : seen != null && seen.exploited() && seen.last() != null
                                    ? new Clock(
                                            seen.last(),
                                            "%s saw it exploited".formatted(seen.toldBy()))
                                    : this;
            return exploited.start().isAfter(start) ? exploited : this;
        }
    }

    /// @param patch what would fix it; null where nothing pending does
    /// @param available from when the fix could be had
    static DeadlineOf cve(
            DeadlineTerms terms,
            CveFacts facts,
            Exposure exposure,
            Criticality criticality,
            @Nullable PatchId patch,
            Clock available) {
        DecideDeadline.Decision decision =
                DecideDeadline.decide(terms.rule(), facts, exposure, criticality);
        Clock clock = available.or(facts);
        Instant due =
                decision.days() == 0
                        ? null
                        : WorkCalendar.plus(clock.start(), decision.days(), terms.rule());
        Optional<FindingException> exception =
                patch == null ? terms.exception(facts.cve()) : terms.exception(patch, facts.cve());
        return new DeadlineOf(
                decision,
                clock,
                exception
                        .map(FindingException::until)
                        .filter(until -> due != null && until.isAfter(due))
                        .orElse(due),
                exception);
    }

    /// The class of a patch that comes from the security archive and of which nobody says what it
    /// fixes: CISA's default stands in.
    static final DeadlineClass UNNAMED = DeadlineClass.SIXTY_DAYS;
}
