package dev.understudy.risk.exposure;

import dev.understudy.protocol.HostId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Puts together when one host was exposed, from the periods in which statements held and those in
/// which the host had, or still ran, what they affect.
final class Episodes {
    /// A period of one statement and one shape.
    ///
    /// @param byStatement whether it ended because the statement did
    record Piece(Period period, boolean byStatement) {}

    private Episodes() {}

    static List<Episode> of(HostId host, List<Piece> pieces, @Nullable Instant retired) {
        List<Piece> sorted =
                pieces.stream()
                        .sorted(Comparator.comparing(piece -> piece.period().from()))
                        .toList();
        List<Episode> episodes = new ArrayList<>();
        int i = 0;
        while (i < sorted.size()) {
            Instant from = sorted.get(i).period().from();
            Instant to = sorted.get(i).period().to();
            boolean byStatement = sorted.get(i).byStatement();
            i++;
            while (i < sorted.size()
                    && (to == null || !sorted.get(i).period().from().isAfter(to))) {
                Piece next = sorted.get(i++);
                Instant end = next.period().to();
                if (to != null && (end == null || end.isAfter(to))) {
                    to = end;
                    byStatement = next.byStatement();
                } else if (to != null && to.equals(end)) {
                    byStatement |= next.byStatement();
                }
            }
            episodes.add(
                    new Episode(
                            host, new Period(from, to), Episode.ended(to, byStatement, retired)));
        }
        return episodes;
    }
}
