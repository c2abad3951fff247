package dev.understudy.api;

import dev.understudy.fleet.AskHost;
import dev.understudy.fleet.Environment;
import dev.understudy.fleet.Exposure;
import dev.understudy.fleet.HeldCheckpoints;
import dev.understudy.fleet.Host;
import dev.understudy.fleet.HostFilter;
import dev.understudy.fleet.Hosts;
import dev.understudy.fleet.Inventories;
import dev.understudy.fleet.IssuedOrder;
import dev.understudy.fleet.Orders;
import dev.understudy.fleet.RetireHost;
import dev.understudy.fleet.SettleHost;
import dev.understudy.governance.Operator;
import dev.understudy.platform.Problem;
import dev.understudy.protocol.CheckpointInfo;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.Inventory;
import dev.understudy.protocol.OrderId;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// The managed hosts: who they are, what is on them, and what a person may ask of one. A host goes
/// by its id, or by its name where that is its alone.
@RestController
@RequestMapping("/api/v1/hosts")
public final class HostsApi {
    private static final int MOST = 1000;

    private final Hosts hosts;
    private final Inventories inventories;
    private final HeldCheckpoints checkpoints;
    private final Orders orders;
    private final SettleHost settle;
    private final RetireHost retire;
    private final AskHost ask;

    public HostsApi(
            Hosts hosts,
            Inventories inventories,
            HeldCheckpoints checkpoints,
            Orders orders,
            SettleHost settle,
            RetireHost retire,
            AskHost ask) {
        this.hosts = hosts;
        this.inventories = inventories;
        this.checkpoints = checkpoints;
        this.orders = orders;
        this.settle = settle;
        this.retire = retire;
        this.ask = ask;
    }

    /// A part of a list; `cursor` asks for the next part, and is null at the end.
    public record HostPage(List<Host> items, @Nullable String cursor) {}

    /// The checkpoint that a host is to go back to.
    public record Restore(String checkpoint) {}

    /// The order that was issued; its state is under the host's orders.
    public record Ordered(OrderId order) {}

    @GetMapping
    HostPage list(
            @RequestParam(required = false) @Nullable String group,
            @RequestParam(required = false) @Nullable String name,
            @RequestParam(required = false) @Nullable Environment environment,
            @RequestParam(required = false) @Nullable Exposure exposure,
            @RequestParam(defaultValue = "false") boolean retired,
            @RequestParam(defaultValue = "1000") int limit,
            @RequestParam(required = false) @Nullable UUID cursor) {
        requireLimit(limit);
        HostFilter filter = new HostFilter(group, name, environment, exposure, retired);
        List<Host> page = hosts.page(filter, cursor == null ? null : new HostId(cursor), limit);
        return new HostPage(page, page.size() < limit ? null : page.getLast().id().toString());
    }

    @GetMapping("/{host}")
    Host show(@PathVariable String host) {
        return hosts.named(host);
    }

    /// Changes what is named and leaves the rest; an empty text means "as the group".
    @PatchMapping("/{host}")
    Host change(
            Operator operator, @PathVariable String host, @RequestBody SettleHost.Change change) {
        HostId id = hosts.named(host).id();
        settle.change(operator.actor(), id, change);
        return hosts.get(id);
    }

    @DeleteMapping("/{host}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void retire(Operator operator, @PathVariable String host) {
        retire.retire(operator.actor(), hosts.named(host).id());
    }

    @GetMapping("/{host}/inventory")
    Inventory inventory(@PathVariable String host) {
        return inventories
                .latest(hosts.named(host).id())
                .orElseThrow(
                        () ->
                                Problem.notFound(
                                        "inventory-not-found",
                                        "Host '%s' has sent no inventory yet.".formatted(host)));
    }

    @GetMapping("/{host}/checkpoints")
    Items<CheckpointInfo> checkpoints(@PathVariable String host) {
        return new Items<>(checkpoints.of(hosts.named(host).id()));
    }

    /// The host's orders, newest first.
    @GetMapping("/{host}/orders")
    Items<IssuedOrder> orders(
            @PathVariable String host, @RequestParam(defaultValue = "100") int limit) {
        requireLimit(limit);
        return new Items<>(orders.of(hosts.named(host).id(), limit));
    }

    @PostMapping("/{host}/restore")
    @ResponseStatus(HttpStatus.ACCEPTED)
    Ordered restore(Operator operator, @PathVariable String host, @RequestBody Restore wanted) {
        return new Ordered(
                ask.restore(operator.actor(), hosts.named(host).id(), wanted.checkpoint()));
    }

    @PostMapping("/{host}/refresh")
    @ResponseStatus(HttpStatus.ACCEPTED)
    Ordered refresh(Operator operator, @PathVariable String host) {
        return new Ordered(ask.refresh(operator.actor(), hosts.named(host).id()));
    }

    private static void requireLimit(int limit) {
        if (limit < 1 || limit > MOST) {
            throw Problem.invalid(
                    "limit-invalid", "limit is %d; it may be 1 to %d.".formatted(limit, MOST));
        }
    }
}
