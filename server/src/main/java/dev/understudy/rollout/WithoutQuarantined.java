package dev.understudy.rollout;

import dev.understudy.rollout.NextMoves.Move;
import java.util.List;

/// A version that was locked away meanwhile goes to no further host: if the moves would bring it,
/// the rollout halts instead.
final class WithoutQuarantined {
    private final Quarantine quarantine;

    WithoutQuarantined(Quarantine quarantine) {
        this.quarantine = quarantine;
    }

    /// @param weighed whether what the rollout itself brought to light is for others to weigh: for
    ///   the tests of its certificate, or for the control that a failure waits for
    List<Move> of(Rollout rollout, List<Deployment> members, boolean weighed, List<Move> moves) {
        if (!rollout.moving() || moves.stream().anyMatch(WithoutQuarantined::stops)) {
            return moves;
        }
        List<Quarantine.Entry> locked =
                quarantine.everywhere().stream()
                        .filter(entry -> !weighed || !ownFinding(entry, rollout))
                        .toList();
        return members.stream()
                .filter(Deployment::untouched)
                .flatMap(d -> d.getPlan().patches().stream())
                .flatMap(patch -> locked.stream().filter(entry -> entry.patch().equals(patch)))
                .findFirst()
                .<List<Move>>map(entry -> List.of(new Move.Turn(quarantined(entry))))
                .orElse(moves);
    }

    private static boolean ownFinding(Quarantine.Entry entry, Rollout rollout) {
        return entry.by().equals(NextMoves.MACHINE) && rollout.id().equals(entry.rollout());
    }

    private static Rollout.Event quarantined(Quarantine.Entry entry) {
        return new Rollout.Event.Failed(
                NextMoves.MACHINE,
                "%s is quarantined. %s".formatted(entry.patch(), entry.reason()));
    }

    private static boolean stops(Move move) {
        return move instanceof Move.Turn(Rollout.Event event)
                && (event instanceof Rollout.Event.Failed || event instanceof Rollout.Event.Pause);
    }
}
