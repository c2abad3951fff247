package dev.understudy.agent.orders;

import dev.understudy.protocol.Order;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// An order that was let in and has not ended, with all that the journal says of it.
public record OpenOrder(Entry.Accepted accepted, List<Entry> since) {
    public OpenOrder {
        since = List.copyOf(since);
    }

    OpenOrder with(Entry entry) {
        List<Entry> longer = new ArrayList<>(since);
        longer.add(entry);
        return new OpenOrder(accepted, longer);
    }

    public Order order() {
        return accepted.order();
    }

    public boolean byHand() {
        return accepted.byHand();
    }

    public int attempts() {
        return (int) since.stream().filter(Entry.Began.class::isInstance).count();
    }

    /// The steps reached, in order, over all attempts.
    public List<Entry.Reached> reached() {
        return since.stream()
                .filter(Entry.Reached.class::isInstance)
                .map(Entry.Reached.class::cast)
                .toList();
    }

    public Optional<Entry.Reached> last(Step step) {
        return reached().stream().filter(r -> r.step() == step).reduce((_, later) -> later);
    }

    /// Whether the host may already be different because of it; such an order is brought to an end
    /// whatever its lease, its expiry or the policy say now.
    public boolean touchedHost() {
        return reached().stream().anyMatch(r -> r.step().touchesHost());
    }
}
