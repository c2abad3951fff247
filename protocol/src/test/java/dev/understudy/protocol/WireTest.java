package dev.understudy.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WireTest {

    @Test
    void readsBackWhatItWrote() throws WireException {
        for (OrderBody body : Examples.bodies()) {
            Order order = Examples.order(body);
            assertThat(Wire.decode(Wire.encode(order), Order.class)).isEqualTo(order);
        }
        CheckIn checkIn = Examples.checkIn();
        assertThat(Wire.decode(Wire.encode(checkIn), CheckIn.class)).isEqualTo(checkIn);
        CheckInAnswer answer = Examples.answer(List.of());
        assertThat(Wire.decode(Wire.encode(answer), CheckInAnswer.class)).isEqualTo(answer);
    }

    @Test
    void skipsMembersThatItDoesNotKnow() throws WireException {
        String order = json(Examples.order(new OrderBody.Reboot()));
        String newer = order.replaceFirst("\\{", "{\"novel\":{\"a\":[1,null,{}]},");
        assertThat(Wire.decode(bytes(newer), Order.class))
                .isEqualTo(Wire.decode(bytes(order), Order.class));
    }

    @Test
    void neverTakesAMissingMemberForItsDefault() {
        String answer = json(Examples.answer(List.of()));
        for (String member :
                List.of(
                        "\"stop\":true,",
                        "\"acknowledged\":7,",
                        "\"inventoryWanted\":false,",
                        "\"nextPoll\":\"PT1M\",",
                        "\"leaseUntil\":\"2026-11-23T12:05:00Z\",")) {
            assertThat(answer).contains(member);
            assertThatThrownBy(
                            () ->
                                    Wire.decode(
                                            bytes(answer.replace(member, "")), CheckInAnswer.class))
                    .as("without %s", member)
                    .isInstanceOf(WireException.class)
                    .hasMessageContaining("missing");
        }
    }

    @Test
    void refusesValuesOfAnotherTypeInsteadOfGuessing() {
        String answer = json(Examples.answer(List.of()));
        for (String wrong : List.of("\"true\"", "\"yes\"", "1", "null", "[]", "{}")) {
            String bent = answer.replace("\"stop\":true", "\"stop\":" + wrong);
            assertThatThrownBy(() -> Wire.decode(bytes(bent), CheckInAnswer.class))
                    .as("stop = %s", wrong)
                    .isInstanceOf(WireException.class);
        }
        String later = answer.replace("PT1M", "soon");
        assertThatThrownBy(() -> Wire.decode(bytes(later), CheckInAnswer.class))
                .isInstanceOf(WireException.class)
                .hasMessageContaining("soon")
                .hasMessageContaining("nextPoll");
    }

    @Test
    void refusesAMemberThatComesTwice() {
        String twice = json(Examples.answer(List.of())).replaceFirst("\\{", "{\"stop\":false,");
        assertThatThrownBy(() -> Wire.decode(bytes(twice), CheckInAnswer.class))
                .isInstanceOf(WireException.class)
                .hasMessageContaining("twice");
    }

    @Test
    void refusesKindsOutsideTheClosedSet() {
        for (String type : List.of("Shell", "OrderBody", "", "Reboot ", "java.lang.Runtime")) {
            String bent = json(Examples.order(new OrderBody.Reboot())).replace("Reboot", type);
            assertThatThrownBy(() -> Wire.decode(bytes(bent), Order.class))
                    .as(type)
                    .isInstanceOf(WireException.class);
        }
        String policy =
                json(Examples.order(Examples.bodies().get(2))).replace("WHEN_NEEDED", "ALWAYS");
        assertThatThrownBy(() -> Wire.decode(bytes(policy), Order.class))
                .isInstanceOf(WireException.class)
                .hasMessageContaining("reboot");
    }

    @Test
    void refusesAnAcceptanceOfAnotherPlanOrByNobody() {
        String whole = json(Examples.order(Examples.bodies().get(4)));
        for (String bent :
                List.of(
                        whole.replace(Examples.PLAN.digest(), Digests.sha256("another plan")),
                        whole.replace(Examples.PLAN.digest(), ""),
                        whole.replace("\"ada\"", "\" \""),
                        whole.replace("\"reason\"", "\"why\""))) {
            assertThat(bent).isNotEqualTo(whole);
            assertThatThrownBy(() -> Wire.decode(bytes(bent), Order.class))
                    .as(bent)
                    .isInstanceOf(WireException.class);
        }
    }

    @Test
    void refusesNamesThatCouldBecomeOptionsOrPaths() {
        Order order = Examples.order(Examples.bodies().get(1));
        for (String name : List.of("-oDebug", "--force", "../x", "a b", "a;b", "$(x)", "a\\nb")) {
            String bent = json(order).replace("\"name\":\"openssl\"", "\"name\":\"" + name + "\"");
            assertThatThrownBy(() -> Wire.decode(bytes(bent), Order.class))
                    .as(name)
                    .isInstanceOf(WireException.class);
        }
        for (String checkpoint : List.of("../../etc", "a/b", ".", "")) {
            String bent =
                    json(Examples.order(Examples.bodies().get(3)))
                            .replace("2b1f0c8e-checkpoint", checkpoint);
            assertThatThrownBy(() -> Wire.decode(bytes(bent), Order.class))
                    .as(checkpoint)
                    .isInstanceOf(WireException.class);
        }
    }

    @Test
    void endsHostileNestingAndSizeWithAWireException() {
        String deep = "{\"orders\":" + "[".repeat(200_000);
        assertThatThrownBy(() -> Wire.decode(bytes(deep), CheckInAnswer.class))
                .isInstanceOf(WireException.class);
        String nested = "{\"body\":" + "{\"a\":".repeat(200_000);
        assertThatThrownBy(() -> Wire.decode(bytes(nested), Order.class))
                .isInstanceOf(WireException.class);
        assertThatThrownBy(() -> Wire.decode(new byte[Wire.LARGEST + 1], CheckIn.class))
                .isInstanceOf(WireException.class);
        for (String empty : List.of("", " ", "null", "[]", "0", "\"\"", "{")) {
            assertThatThrownBy(() -> Wire.decode(bytes(empty), CheckIn.class))
                    .as("'%s'", empty)
                    .isInstanceOf(WireException.class);
        }
    }

    @Test
    void readsAMessageCutAnywhereAsAnError() {
        byte[] whole = Wire.encode(Examples.checkIn());
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = java.util.Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> Wire.decode(cut, CheckIn.class))
                    .as("cut at %d", length)
                    .isInstanceOf(WireException.class);
        }
    }

    @Test
    void damagedMessagesAreReadWholeOrRefusedButNeverThrowAnythingElse() {
        Random random = new Random(20_261_123L);
        List<byte[]> seeds =
                List.of(
                        Wire.encode(Examples.checkIn()),
                        Wire.encode(Examples.order(Examples.bodies().get(2))),
                        Wire.encode(Examples.answer(List.of())));
        List<Class<?>> types = List.of(CheckIn.class, Order.class, CheckInAnswer.class);
        for (int round = 0; round < 6_000; round++) {
            int kind = round % seeds.size();
            byte[] bytes = damage(seeds.get(kind).clone(), random);
            try {
                Object read = Wire.decode(bytes, types.get(kind));
                assertThat(Wire.decode(Wire.encode(read), types.get(kind))).isEqualTo(read);
            } catch (WireException expected) {
                assertThat(expected).hasMessageContaining(types.get(kind).getSimpleName());
            }
        }
    }

    private static byte[] damage(byte[] bytes, Random random) {
        byte[] syntax = bytes("{}[]\",:0-9.eE+\\nullTZ\0 ");
        int edits = 1 + random.nextInt(4);
        for (int i = 0; i < edits; i++) {
            int at = random.nextInt(bytes.length);
            bytes[at] =
                    random.nextBoolean()
                            ? (byte) random.nextInt(256)
                            : syntax[random.nextInt(syntax.length)];
        }
        if (random.nextInt(4) == 0) {
            int from = random.nextInt(bytes.length);
            int to = from + random.nextInt(bytes.length - from);
            byte[] shorter = new byte[bytes.length - (to - from)];
            System.arraycopy(bytes, 0, shorter, 0, from);
            System.arraycopy(bytes, to, shorter, from, bytes.length - to);
            return shorter;
        }
        return bytes;
    }

    private static String json(Object message) {
        return new String(Wire.encode(message), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
