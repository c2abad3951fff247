package dev.understudy.agent.orders;

import dev.understudy.protocol.AgentEvent;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.Order;
import dev.understudy.protocol.OrderId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the lines of the journal add up to. No clock and no I/O: the same lines give the same
/// state.
final class JournalState {
    /// How long after its end an order is remembered. Until then a host whose clock is set back
    /// still refuses it.
    static final Duration MEMORY = Duration.ofDays(90);

    private static final int MOST_REFUSED = 1_000;

    private @Nullable HostId host;
    private long sequence;
    private long acknowledged;
    private final Map<OrderId, OpenOrder> open = new LinkedHashMap<>();
    private final Map<OrderId, Entry.Known> known = new LinkedHashMap<>();
    private final Map<String, OrderId> nonces = new HashMap<>();
    private final List<Entry.Reported> pending = new ArrayList<>();
    private final List<Entry.Reported> heard = new ArrayList<>();
    private final Set<String> refused = new LinkedHashSet<>();
    private final boolean remembering;

    JournalState() {
        this(false);
    }

    /// @param remembering whether to keep the events that were acknowledged
    JournalState(boolean remembering) {
        this.remembering = remembering;
    }

    void add(Entry entry) {
        switch (entry) {
            case Entry.Enrolled enrolled -> enrol(enrolled.host());
            case Entry.Continued before -> {
                host = before.host();
                sequence = before.sequence();
                acknowledged = before.acknowledged();
            }
            case Entry.Accepted accepted -> {
                open.put(accepted.order().id(), new OpenOrder(accepted, List.of()));
                nonces.put(accepted.order().nonce(), accepted.order().id());
            }
            case Entry.Known ended -> {
                known.put(ended.order(), ended);
                nonces.put(ended.nonce(), ended.order());
            }
            case Entry.Began began -> extend(began.order(), began);
            case Entry.Reached reached -> extend(reached.order(), reached);
            case Entry.Reported reported -> report(reported);
            case Entry.Acknowledged ack -> acknowledge(ack.sequence());
            case Entry.Forgotten forgotten -> acknowledged = forgotten.sequence();
        }
    }

    private void enrol(HostId as) {
        host = as;
        sequence = 0;
        acknowledged = 0;
        pending.clear();
        heard.clear();
        refused.clear();
    }

    private void extend(OrderId order, Entry entry) {
        open.computeIfPresent(order, (_, known) -> known.with(entry));
    }

    private void report(Entry.Reported reported) {
        if (reported.sequence() > 0) {
            sequence = Math.max(sequence, reported.sequence());
            addPending(reported);
        }
        String fingerprint = reported.fingerprint();
        if (fingerprint != null) {
            refused.add(fingerprint);
            if (refused.size() > MOST_REFUSED) {
                refused.remove(refused.iterator().next());
            }
        } else if (reported.order() != null && reported.report().ends()) {
            OpenOrder ended = open.remove(reported.order());
            if (ended != null) {
                Order order = ended.order();
                known.put(
                        order.id(),
                        new Entry.Known(
                                reported.at(),
                                order.id(),
                                order.nonce(),
                                ended.accepted().fingerprint(),
                                order.notAfter()));
            }
        }
    }

    /// In the order of their numbers, each once: what was forgotten comes back before newer ones.
    private void addPending(Entry.Reported reported) {
        int at = pending.size();
        while (at > 0 && pending.get(at - 1).sequence() > reported.sequence()) {
            at--;
        }
        if (at == 0 || pending.get(at - 1).sequence() < reported.sequence()) {
            pending.add(at, reported);
        }
    }

    /// A control plane that has more than was ever numbered here knows this host from before its
    /// journal was lost: then nothing of ours is among what it has, and numbering goes on after it.
    private void acknowledge(long upTo) {
        acknowledged = Math.max(acknowledged, upTo);
        if (upTo <= sequence) {
            if (remembering) {
                pending.stream().filter(event -> event.sequence() <= upTo).forEach(heard::add);
            }
            pending.removeIf(event -> event.sequence() <= upTo);
            return;
        }
        sequence = upTo;
        pending.replaceAll(
                event ->
                        new Entry.Reported(
                                event.at(),
                                event.order(),
                                ++sequence,
                                event.report(),
                                event.fingerprint()));
    }

    /// The events after this one that were acknowledged, as far as they were remembered.
    List<Entry.Reported> heardAfter(long after) {
        return heard.stream().filter(event -> event.sequence() > after).toList();
    }

    @Nullable HostId host() {
        return host;
    }

    long sequence() {
        return sequence;
    }

    long acknowledged() {
        return acknowledged;
    }

    List<OpenOrder> open() {
        return List.copyOf(open.values());
    }

    Optional<OpenOrder> open(OrderId order) {
        return Optional.ofNullable(open.get(order));
    }

    /// The fingerprint of the order with this id or this nonce, if one was ever let in.
    Optional<String> fingerprintOf(OrderId order, String nonce) {
        for (OrderId id : idsOf(order, nonce)) {
            OpenOrder running = open.get(id);
            if (running != null) {
                return Optional.of(running.accepted().fingerprint());
            }
            Entry.Known ended = known.get(id);
            if (ended != null) {
                return Optional.of(ended.fingerprint());
            }
        }
        return Optional.empty();
    }

    private Set<OrderId> idsOf(OrderId order, String nonce) {
        Set<OrderId> ids = new HashSet<>(Set.of(order));
        OrderId same = nonces.get(nonce);
        if (same != null) {
            ids.add(same);
        }
        return ids;
    }

    boolean knows(OrderId order) {
        return open.containsKey(order) || known.containsKey(order);
    }

    boolean refusedBefore(String fingerprint) {
        return refused.contains(fingerprint);
    }

    /// Whether the control plane has not heard all that was said about this order.
    boolean unheard(OrderId order) {
        return pending.stream().anyMatch(event -> order.equals(event.order()));
    }

    List<AgentEvent> pending(int most) {
        return pending.stream().limit(most).map(JournalState::event).toList();
    }

    boolean anythingPending() {
        return !pending.isEmpty();
    }

    private static AgentEvent event(Entry.Reported reported) {
        return new AgentEvent(
                reported.sequence(), reported.at(), reported.order(), reported.report());
    }

    /// The lines that a new file starts with, so that it says all that still matters.
    List<Entry> summary(Instant now) {
        List<Entry> lines = new ArrayList<>();
        lines.add(new Entry.Continued(now, host, sequence, acknowledged));
        known.values().stream()
                .filter(order -> order.notAfter().plus(MEMORY).isAfter(now))
                .forEach(lines::add);
        for (OpenOrder order : open.values()) {
            lines.add(order.accepted());
            lines.addAll(order.since());
        }
        lines.addAll(pending);
        return lines;
    }
}
