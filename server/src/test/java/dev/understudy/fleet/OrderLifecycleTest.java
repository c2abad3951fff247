package dev.understudy.fleet;

import static dev.understudy.fleet.OrderState.ACCEPTED;
import static dev.understudy.fleet.OrderState.CANCELLED;
import static dev.understudy.fleet.OrderState.DELIVERED;
import static dev.understudy.fleet.OrderState.ENDED;
import static dev.understudy.fleet.OrderState.EXPIRED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.fleet.OrderLifecycle.Event;
import dev.understudy.protocol.Report;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OrderLifecycleTest {
    private static final Event DELIVERY = new Event.Delivered();
    private static final Event ACCEPTANCE = new Event.Reported(new Report.Accepted());
    private static final Event PROGRESS = new Event.Reported(new Report.Progress("twin", ""));
    private static final Event END = new Event.Reported(new Report.Refreshed(3));
    private static final Event RAN_OUT = new Event.RanOut();
    private static final Event CANCEL = new Event.Cancelled();

    /// For each event, what becomes of each state, both in the order of their declaration.
    private static final Map<Event, List<OrderState>> TABLE =
            Map.of(
                    DELIVERY,
                    List.of(DELIVERED, DELIVERED, ACCEPTED, ENDED, EXPIRED, CANCELLED),
                    ACCEPTANCE,
                    List.of(ACCEPTED, ACCEPTED, ACCEPTED, ENDED, ACCEPTED, ACCEPTED),
                    PROGRESS,
                    List.of(ACCEPTED, ACCEPTED, ACCEPTED, ENDED, ACCEPTED, ACCEPTED),
                    END,
                    List.of(ENDED, ENDED, ENDED, ENDED, ENDED, ENDED),
                    RAN_OUT,
                    List.of(EXPIRED, EXPIRED, ACCEPTED, ENDED, EXPIRED, CANCELLED),
                    CANCEL,
                    List.of(CANCELLED, CANCELLED, ACCEPTED, ENDED, EXPIRED, CANCELLED));

    @Test
    void everyStateMeetsEveryEvent() {
        TABLE.forEach(
                (event, expected) -> {
                    Iterator<OrderState> next = expected.iterator();
                    for (OrderState state : OrderState.values()) {
                        assertThat(OrderLifecycle.next(state, event))
                                .as("%s after %s", event, state)
                                .isEqualTo(next.next());
                    }
                });
    }
}
