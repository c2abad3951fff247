package dev.understudy.agent.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.agent.link.TestControlPlane.Answer;
import dev.understudy.protocol.CheckIn;
import dev.understudy.protocol.CheckInAnswer;
import dev.understudy.protocol.Digests;
import dev.understudy.protocol.Wire;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinkTest {
    @TempDir static Path files;
    private static TestControlPlane plane;

    @TempDir Path data;

    @BeforeAll
    static void startControlPlane() throws Exception {
        plane = new TestControlPlane(files, "ip:127.0.0.1");
    }

    @AfterAll
    static void stopControlPlane() {
        plane.close();
    }

    private Identity enrol() throws Exception {
        return Enrol.enrol(plane.address(), plane.token(), "web1", "machine", data);
    }

    @Test
    void enrolsAndChecksInWithItsOwnCertificate() throws Exception {
        Identity identity = enrol();
        assertThat(identity.host()).isEqualTo(plane.host);
        assertThat(KeyRing.of(identity.orderKeys()).valid(Instant.now()).values())
                .containsExactly(plane.orderKey.getPublic());
        assertThat(Identity.read(data)).contains(identity);
        Path file = data.resolve("identity.json");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        CheckInAnswer answer =
                new CheckInAnswer(
                        Instant.parse("2026-11-23T12:00:00Z"),
                        Duration.ofSeconds(30),
                        Instant.parse("2026-11-23T12:05:00Z"),
                        false,
                        0,
                        true,
                        List.of());
        plane.answers.put(
                "/agent/v1/check-in",
                new Answer(200, new String(Wire.encode(answer), StandardCharsets.UTF_8)));
        plane.answers.put("/agent/v1/inventory", new Answer(204, ""));
        try (ControlPlane control = new ControlPlane(identity, data)) {
            assertThat(control.checkIn(message())).isEqualTo(answer);
            control.inventory(new byte[100_000]);
        }
        assertThat(plane.seen)
                .contains(
                        "POST /agent/v1/enrol nobody",
                        "POST /agent/v1/check-in CN=" + plane.host,
                        "PUT /agent/v1/inventory CN=" + plane.host);
    }

    @Test
    void refusesAServerThatDoesNotComeFromTheTokensAuthority() {
        String other = "secret-secret." + Digests.sha256("another authority");
        assertThatThrownBy(() -> Enrol.enrol(plane.address(), other, "web1", "", data))
                .isInstanceOf(LinkException.class)
                .hasMessageContaining("authority of the token");
        assertThat(data.resolve("identity.json")).doesNotExist();
    }

    @Test
    void refusesAServerUnderAnotherName(@TempDir Path otherFiles) throws Exception {
        try (TestControlPlane misnamed = new TestControlPlane(otherFiles, "dns:control.example")) {
            assertThatThrownBy(
                            () ->
                                    Enrol.enrol(
                                            misnamed.address(), misnamed.token(), "web1", "", data))
                    .isInstanceOf(LinkException.class)
                    .hasMessageContaining("127.0.0.1");
        }
    }

    @Test
    void refusesAnotherAuthorityOnceItIsEnrolled(@TempDir Path otherFiles) throws Exception {
        Identity identity = enrol();
        try (TestControlPlane impostor = new TestControlPlane(otherFiles, "ip:127.0.0.1")) {
            Identity misled =
                    new Identity(
                            identity.host(),
                            impostor.address().toString(),
                            identity.privateKey(),
                            identity.certificatePem(),
                            identity.authorityPem(),
                            identity.orderKeys());
            try (ControlPlane control = new ControlPlane(misled, data)) {
                assertThatThrownBy(() -> control.checkIn(message()))
                        .isInstanceOf(LinkException.class)
                        .hasMessageContaining("PKIX");
            }
            assertThat(impostor.seen).isEmpty();
        }
    }

    @Test
    void refusesATokenThatIsNotWhole() {
        for (String token : List.of("", "secret", "secret.", "." + "a".repeat(64), "a b.c")) {
            assertThatThrownBy(() -> Enrol.enrol(plane.address(), token, "web1", "", data))
                    .as("'%s'", token)
                    .isInstanceOf(LinkException.class)
                    .hasMessageContaining("SECRET.FINGERPRINT");
        }
    }

    @Test
    void renewsKeyAndCertificateInTheLastThirdOfTheirLife() throws Exception {
        Identity identity = enrol();
        try (ControlPlane control = new ControlPlane(identity, data)) {
            control.renewIfDue(Instant.now());
            assertThat(Identity.read(data)).contains(identity);
            control.renewIfDue(Instant.now().plus(Duration.ofDays(61)));
        }
        Identity renewed = Identity.read(data).orElseThrow();
        assertThat(renewed.host()).isEqualTo(identity.host());
        assertThat(renewed.privateKey()).isNotEqualTo(identity.privateKey());
        assertThat(plane.seen).contains("POST /agent/v1/renew CN=" + plane.host);
    }

    @Test
    void takesEveryUnusableAnswerForAFailureThatChangesNothing() throws Exception {
        Identity identity = enrol();
        List<Answer> answers =
                List.of(
                        new Answer(200, ""),
                        new Answer(200, "<html>"),
                        new Answer(200, "{}"),
                        new Answer(200, "{\"serverTime\":\"now\"}"),
                        new Answer(204, ""),
                        new Answer(302, ""),
                        new Answer(500, "oops"),
                        new Answer(503, "{\"code\":\"busy\",\"detail\":\"try later\"}"),
                        new Answer(200, " ".repeat(9 << 20)));
        try (ControlPlane control = new ControlPlane(identity, data)) {
            for (Answer answer : answers) {
                plane.answers.put("/agent/v1/check-in", answer);
                assertThatThrownBy(() -> control.checkIn(message()))
                        .as("%d, %d bytes", answer.status(), answer.body().length())
                        .isInstanceOf(LinkException.class);
            }
            plane.answers.put(
                    "/agent/v1/check-in",
                    new Answer(403, "{\"code\":\"revoked\",\"detail\":\"This host is retired.\"}"));
            assertThatThrownBy(() -> control.checkIn(message()))
                    .isInstanceOfSatisfying(
                            LinkException.class, e -> assertThat(e.unwelcome()).isTrue())
                    .hasMessageContaining("revoked This host is retired.");
        }
    }

    @Test
    void saysThatNobodyAnswers() throws Exception {
        Identity identity = enrol();
        Identity elsewhere =
                new Identity(
                        identity.host(),
                        "https://127.0.0.1:1",
                        identity.privateKey(),
                        identity.certificatePem(),
                        identity.authorityPem(),
                        identity.orderKeys());
        try (ControlPlane control = new ControlPlane(elsewhere, data)) {
            assertThatThrownBy(() -> control.checkIn(message()))
                    .isInstanceOf(LinkException.class)
                    .hasMessageContaining("127.0.0.1:1");
        }
    }

    @Test
    void waitsLongerAfterEachFailureButNeverLongerThanFiveMinutes() {
        BackOff backOff = new BackOff(new Random(7));
        for (int failures = 1; failures < 100; failures++) {
            Duration wait = backOff.after(failures);
            long whole = Math.min(300_000, 1_000L << Math.min(failures - 1, 20));
            assertThat(wait.toMillis()).isBetween(whole / 2, whole);
        }
    }

    private static CheckIn message() {
        return new CheckIn("test", "boot", Digests.sha256("inventory"), null, List.of(), List.of());
    }
}
