package dev.understudy.agent.facts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.understudy.agent.exec.LiveHost;
import dev.understudy.agent.packages.Apt;
import dev.understudy.agent.packages.AptSettings;
import dev.understudy.protocol.Capabilities;
import dev.understudy.protocol.Inventory;
import dev.understudy.protocol.Wire;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FactsTest {
    private static final Capabilities OBSERVING =
            new Capabilities("apt", false, "not asked", Capabilities.Mode.OBSERVE, List.of());

    @Test
    void collectsAnInventoryOfThisMachineThatSurvivesTheWire(@TempDir Path folder)
            throws Exception {
        assumeTrue(Files.exists(Path.of("/var/lib/dpkg/status")), "needs a Debian machine");
        LiveHost host = new LiveHost();
        Apt apt = new Apt(host, AptSettings.observing(folder));
        Facts facts = new Facts(host, apt, pending -> pending);

        Facts.Collected collected = facts.collect(OBSERVING);

        Inventory inventory = collected.inventory();
        assertThat(inventory.platform().distribution()).isNotBlank();
        assertThat(inventory.packages()).anyMatch(p -> p.name().equals("dpkg"));
        assertThat(inventory.disks()).isNotEmpty();
        assertThat(facts.bootId()).hasSize(36);
        assertThat(Wire.decode(Wire.encode(inventory), Inventory.class)).isEqualTo(inventory);
    }
}
