package dev.understudy.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.KeyPair;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class SignedOrderTest {
    private static final KeyPair KEY = Examples.key();
    private static final Order ORDER = Examples.order(Examples.bodies().get(2));
    private static final SignedOrder SIGNED =
            SignedOrder.sign(ORDER, Examples.KEY_ID, KEY.getPrivate());

    @Test
    void givesBackTheOrderThatWasSigned() throws WireException {
        SignedOrder travelled = Wire.decode(Wire.encode(SIGNED), SignedOrder.class);
        assertThat(travelled.verify(KEY.getPublic())).isEqualTo(ORDER);
    }

    @Test
    void refusesAnotherKey() {
        assertThat(SIGNED.isSignedBy(Examples.key().getPublic())).isFalse();
    }

    @Test
    void refusesAChangeOfAnySingleByteOfThePayload() {
        byte[] payload = Base64.getDecoder().decode(SIGNED.payload());
        for (int i = 0; i < payload.length; i++) {
            payload[i] ^= 1;
            assertThat(with(Base64.getEncoder().encodeToString(payload), SIGNED.signature()))
                    .as("payload byte %d", i)
                    .isFalse();
            payload[i] ^= 1;
        }
    }

    @Test
    void refusesAChangeOfAnySingleCharacterOfTheText() {
        for (int i = 0; i < SIGNED.payload().length(); i++) {
            assertThat(with(altered(SIGNED.payload(), i), SIGNED.signature()))
                    .as("payload character %d", i)
                    .isFalse();
        }
        for (int i = 0; i < SIGNED.signature().length(); i++) {
            assertThat(with(SIGNED.payload(), altered(SIGNED.signature(), i)))
                    .as("signature character %d", i)
                    .isFalse();
        }
    }

    @Test
    void refusesASignatureOfTheBarePayloadWithoutItsContext() throws Exception {
        java.security.Signature bare = java.security.Signature.getInstance("Ed25519");
        bare.initSign(KEY.getPrivate());
        bare.update(Base64.getDecoder().decode(SIGNED.payload()));
        String signature = Base64.getEncoder().encodeToString(bare.sign());
        assertThat(with(SIGNED.payload(), signature)).isFalse();
    }

    @Test
    void refusesSignedBytesThatAreNotAnOrder() throws Exception {
        byte[] nonsense = "{\"id\":1}".getBytes(java.nio.charset.StandardCharsets.UTF_8);
        java.security.Signature signer = java.security.Signature.getInstance("Ed25519");
        signer.initSign(KEY.getPrivate());
        signer.update("understudy-order-v1\0".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        signer.update(nonsense);
        SignedOrder signed =
                new SignedOrder(
                        Examples.KEY_ID,
                        Base64.getEncoder().encodeToString(nonsense),
                        Base64.getEncoder().encodeToString(signer.sign()));
        assertThat(signed.isSignedBy(KEY.getPublic())).isTrue();
        assertThatThrownBy(() -> signed.verify(KEY.getPublic()))
                .isInstanceOf(WireException.class)
                .hasMessageContaining("not a Order");
    }

    private static boolean with(String payload, String signature) {
        return new SignedOrder(Examples.KEY_ID, payload, signature).isSignedBy(KEY.getPublic());
    }

    private static String altered(String text, int at) {
        char other = text.charAt(at) == 'A' ? 'B' : 'A';
        return text.substring(0, at) + other + text.substring(at + 1);
    }
}
