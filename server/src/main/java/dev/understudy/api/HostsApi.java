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
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
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
    private static final Columns<Host> COLUMNS =
            new Columns<Host>()
                    .with("host", Host::id)
                    .with("name", Host::name)
                    .with("group", Host::group)
                    .with("environment", Host::environment)
                    .with("criticality", Host::criticality)
                    .with("exposure", Host::exposure)
                    .with(
                            "system",
                            each -> each.platform() == null ? null : each.platform().prettyName())
                    .with(
                            "mode",
                            each -> each.capabilities() == null ? null : each.capabilities().mode())
                    .with("enrolled", Host::enrolledAt)
                    .with("seen", Host::lastSeen)
                    .with("retired", Host::retiredAt)
                    .with("agent", Host::agentVersion);

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
        Page.requireLimit(limit);
        HostFilter filter = new HostFilter(group, name, environment, exposure, retired);
        return page(filter, cursor == null ? null : new HostId(cursor), limit);
    }

    private HostPage page(HostFilter filter, @Nullable HostId after, int limit) {
        List<Host> some = hosts.page(filter, after, limit + 1);
        return some.size() <= limit
                ? new HostPage(some, null)
                : new HostPage(some.subList(0, limit), some.get(limit - 1).id().toString());
    }

    @GetMapping(produces = {Columns.CSV, Columns.LINES})
    void whole(
            @RequestParam(required = false) @Nullable String group,
            @RequestParam(required = false) @Nullable String name,
            @RequestParam(required = false) @Nullable Environment environment,
            @RequestParam(required = false) @Nullable Exposure exposure,
            @RequestParam(defaultValue = "false") boolean retired,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        HostFilter filter = new HostFilter(group, name, environment, exposure, retired);
        COLUMNS.send(request, response, row -> each(filter, row));
    }

    private void each(HostFilter filter, Consumer<Host> row) {
        List<Host> some = hosts.page(filter, null, Page.LARGEST);
        while (!some.isEmpty()) {
            some.forEach(row);
            some = hosts.page(filter, some.getLast().id(), Page.LARGEST);
        }
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
        Page.requireLimit(limit);
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
}
