package dev.understudy.agent.apply;

import dev.understudy.agent.hooks.Hooks;
import dev.understudy.protocol.OrderId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// The hooks of a host's owner, which fail where the test says so.
final class FakeHooks implements Hooks {
    private final Consumer<String> effect;
    boolean present;
    boolean drainFails;
    boolean undrainFails;
    boolean drained;
    boolean backsUp;
    boolean backupFails;

    FakeHooks(Consumer<String> effect) {
        this.effect = effect;
    }

    @Override
    public boolean present() {
        return present;
    }

    @Override
    public Optional<String> drain(OrderId order) {
        effect.accept("drain");
        drained = true;
        return drainFails ? Optional.of("the hook drain failed") : Optional.empty();
    }

    @Override
    public Optional<String> undrain(OrderId order) {
        effect.accept("undrain");
        drained = undrainFails;
        return undrainFails ? Optional.of("the hook undrain failed") : Optional.empty();
    }

    @Override
    public boolean backsUp() {
        return backsUp;
    }

    @Override
    public Optional<String> backup(OrderId order, List<String> units, Duration limit) {
        effect.accept("backup " + String.join(" ", units));
        return backupFails ? Optional.of("the hook backup failed") : Optional.empty();
    }
}
