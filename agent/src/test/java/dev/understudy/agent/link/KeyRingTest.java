package dev.understudy.agent.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.protocol.Digests;
import dev.understudy.protocol.Enrolment.OrderKey;
import dev.understudy.protocol.KeyNotice;
import dev.understudy.protocol.fuzz.Fuzz;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class KeyRingTest {
    private static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");
    private static final Instant LATER = NOW.plus(Duration.ofHours(1));

    private final Made first = new Made();
    private final Made second = new Made();
    private final Made third = new Made();
    private final KeyRing ring = new KeyRing(List.of(first.key(null)));

    private record Made(KeyPair pair) {
        Made() {
            this(newPair());
        }

        String id() {
            return Digests.sha256(pair.getPublic().getEncoded()).substring(0, 32);
        }

        OrderKey key(@Nullable Instant until) {
            return new OrderKey(
                    id(), Base64.getEncoder().encodeToString(pair.getPublic().getEncoded()), until);
        }

        KeyNotice announcedBy(Made before, @Nullable Instant until) {
            return KeyNotice.announce(key(until), before.id(), before.pair.getPrivate());
        }

        KeyNotice unannounced(@Nullable Instant until) {
            return new KeyNotice(key(until), null, null);
        }
    }

    @Test
    void takesAKeyThatAnObeyedOneAnnouncesAndObeysTheFormerUntilItsTimeIsOver() {
        KeyRing next =
                ring.after(List.of(second.announcedBy(first, null), first.unannounced(LATER)), NOW);
        assertThat(next.valid(NOW)).containsOnlyKeys(first.id(), second.id());
        assertThat(next.valid(LATER)).containsOnlyKeys(second.id());
        assertThat(next.after(List.of(second.announcedBy(first, null)), NOW).valid(NOW))
                .containsOnlyKeys(second.id());
    }

    @Test
    void findsItsWayOverSeveralRotationsThroughKeysThatAreRetired() {
        KeyRing next =
                ring.after(
                        List.of(
                                third.announcedBy(second, null),
                                second.announcedBy(first, NOW.minusSeconds(9)),
                                first.unannounced(NOW.minusSeconds(99))),
                        NOW);
        assertThat(next.valid(NOW)).containsOnlyKeys(third.id());
    }

    @Test
    void doesNotBelieveAKeyThatNobodyItObeysAnnounced() {
        Made stranger = new Made();
        KeyNotice wrongName =
                new KeyNotice(
                        second.key(null),
                        first.id(),
                        second.announcedBy(stranger, null).signature());
        KeyNotice otherKey =
                new KeyNotice(
                        third.key(null), first.id(), second.announcedBy(first, null).signature());
        KeyNotice falseBytes =
                new KeyNotice(new OrderKey(first.id(), second.key(null).publicKey()), null, null);
        for (KeyNotice notice :
                List.of(
                        second.unannounced(null),
                        second.announcedBy(stranger, null),
                        second.announcedBy(second, null),
                        wrongName,
                        otherKey,
                        falseBytes)) {
            assertThat(ring.after(List.of(notice), NOW)).as("%s", notice).isEqualTo(ring);
        }
        assertThat(ring.after(List.of(), NOW)).as("an answer without keys").isEqualTo(ring);
    }

    private static KeyPair newPair() {
        try {
            return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Whatever becomes of a key and of the word for it on the way, no other key is obeyed.
    @Test
    @Tag("fuzz")
    void obeysNoKeyThatWasDamagedOnTheWay() {
        KeyNotice genuine = second.announcedBy(first, null);
        String line =
                "%s %s %s %s"
                        .formatted(
                                second.id(),
                                genuine.key().publicKey(),
                                genuine.announcedBy(),
                                genuine.signature());
        Fuzz.of("notice of an order key", IllegalArgumentException.class)
                .with(line)
                .runText(
                        text -> {
                            String[] words = text.split(" ", 4);
                            if (words.length < 4) {
                                throw new IllegalArgumentException("not four words");
                            }
                            KeyNotice notice =
                                    new KeyNotice(
                                            new OrderKey(words[0], words[1]), words[2], words[3]);
                            ring.after(List.of(notice), NOW)
                                    .valid(NOW)
                                    .values()
                                    .forEach(
                                            key ->
                                                    assertThat(key)
                                                            .isIn(
                                                                    first.pair.getPublic(),
                                                                    second.pair.getPublic()));
                        });
    }

    @Test
    @Tag("fuzz")
    void usesNoKeyThatIsNotTheOneOfItsName() {
        Fuzz.of("order key", LinkException.class)
                .with(second.id() + " " + second.key(null).publicKey())
                .runText(
                        text -> {
                            String[] words = text.split(" ", 2);
                            OrderKey key;
                            try {
                                key = new OrderKey(words[0], words.length < 2 ? "" : words[1]);
                            } catch (IllegalArgumentException e) {
                                throw new LinkException(String.valueOf(e.getMessage()), e);
                            }
                            assertThat(KeyRing.of(List.of(key)).valid(NOW))
                                    .containsValue(second.pair.getPublic());
                        });
    }
}
