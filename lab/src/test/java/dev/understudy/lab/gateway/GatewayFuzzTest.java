package dev.understudy.lab.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.lab.LabException;
import dev.understudy.protocol.fuzz.Fuzz;
import java.io.ByteArrayInputStream;
import java.net.ProtocolException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("fuzz")
class GatewayFuzzTest {

    @Test
    void requests() {
        Fuzz.of("lab proxy request", ProtocolException.class)
                .with(
                        """
                        GET http://deb.debian.org/debian/dists/bookworm/InRelease HTTP/1.1\r
                        Host: deb.debian.org\r
                        Range: bytes=7-\r
                        \r
                        """)
                .run(
                        bytes ->
                                Request.read(new ByteArrayInputStream(bytes))
                                        .ifPresent(r -> assertThat(r.from()).isNotNegative()));
    }

    @Test
    void faults() {
        Fuzz.of("lab fault", LabException.class).with("slow:2.5\n").runText(Fault::parse);
        Fuzz.of("lab fault", LabException.class).with("cut:1000\n").runText(Fault::parse);
    }
}
