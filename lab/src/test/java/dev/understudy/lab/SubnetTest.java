package dev.understudy.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SubnetTest {
    @Test
    void givesEachHostAnAddressOfItsOwn() {
        var subnet = Subnet.parse("10.77.0.0/16");
        var addresses = new HashSet<String>();
        for (int number = 0; number < 10_000; number++) {
            addresses.add(subnet.address(number));
        }
        assertThat(addresses).hasSize(10_000).doesNotContain(subnet.gateway());
        assertThat(subnet.address(0)).isEqualTo("10.77.1.1");
        assertThat(subnet.address(249)).isEqualTo("10.77.1.250");
        assertThat(subnet.address(250)).isEqualTo("10.77.2.1");
    }

    @Test
    void refusesMoreHostsThanItHasAddresses() {
        assertThatThrownBy(() -> Subnet.USUAL.address(62_500)).isInstanceOf(LabException.class);
        assertThatThrownBy(() -> Subnet.USUAL.address(-1)).isInstanceOf(LabException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"8.8.0.0/16", "10.77.0.0/24", "10.77.1.0/16", "10.300.0.0/16", "x", ""})
    void refusesNetworksThatAreNotPrivateOrNotA16(String text) {
        assertThatThrownBy(() -> Subnet.parse(text)).isInstanceOf(LabException.class);
    }

    @Test
    void reusesTheLowestFreeNumber() {
        assertThat(Subnet.firstFree(Set.of())).isZero();
        assertThat(Subnet.firstFree(Set.of(0, 1, 3))).isEqualTo(2);
    }
}
