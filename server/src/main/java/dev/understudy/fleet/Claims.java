package dev.understudy.fleet;

import dev.understudy.protocol.HostId;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Who of some hosts may be begun with in one transaction.
public final class Claims {
    private final Supplier<Standing> load;
    private @Nullable Standing standing;

    Claims(Supplier<Standing> load) {
        this.load = load;
    }

    /// Takes the host into work if it may be begun with now; else says what it waits for, and
    /// nothing is taken. Who was taken in is to get its order in this transaction.
    public Optional<Wait> claim(HostId host, Work work) {
        Standing now = standing;
        if (now == null) {
            now = load.get();
            standing = now;
        }
        Optional<Wait> wait = now.waits(host, work);
        if (wait.isEmpty()) {
            now.begin(host, work);
        }
        return wait;
    }
}
