package io.kvstore.typed.serializer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Bytes of one version of a class, read by later ones. The bytes in this file are never changed. */
@Tag("format")
class CborEvolutionTest {
    public enum State {
        OPEN,
        PAID
    }

    public record Order(String id, Instant at, BigDecimal total, List<String> lines, int count, State state) {}

    private static final Order ORDER = new Order(
            "A-1",
            Instant.parse("2024-02-29T12:00:00.000000001Z"),
            new BigDecimal("19.90"),
            List.of("tea", "jam"),
            2,
            State.PAID);

    // {at: 4([-9, 1709208000000000001]), count: 2, id: "A-1", lines: ["tea", "jam"], state: "PAID", total: 4([-2,
    // 1990])}
    private static final String ORDER_HEX =
            "bf626174c482281b17b8539ec7418001" + "65636f756e7402" + "626964" + "63412d31"
                    + "656c696e657382637465616" + "36a616d" + "657374617465" + "6450414944"
                    + "65746f74616cc482211907c6ff";

    private static final byte[] BYTES = HexFormat.of().parseHex(ORDER_HEX);

    @Test
    void bytesOfARecordStayTheSame() {
        Serializer<Order> serializer = Serializers.of(Order.class);
        assertThat(HexFormat.of().formatHex(serializer.serialize(ORDER))).isEqualTo(ORDER_HEX);
        assertThat(serializer.deserialize(BYTES)).isEqualTo(ORDER);
    }

    public record Added(
            String id,
            Instant at,
            BigDecimal total,
            List<String> lines,
            int count,
            State state,
            @Nullable String note,
            int priority,
            double weight,
            boolean rush,
            @Nullable List<String> tags,
            Optional<String> voucher) {}

    @Test
    void addedPropertiesAreNullOrTheDefaultOfTheirType() {
        Added added = Serializers.of(Added.class).deserialize(BYTES);
        assertThat(added)
                .isEqualTo(new Added(
                        "A-1",
                        ORDER.at(),
                        ORDER.total(),
                        ORDER.lines(),
                        2,
                        State.PAID,
                        null,
                        0,
                        0.0,
                        false,
                        null,
                        Optional.empty()));
    }

    public record Removed(String id, int count) {}

    @Test
    void removedPropertiesAreIgnored() {
        assertThat(Serializers.of(Removed.class).deserialize(BYTES)).isEqualTo(new Removed("A-1", 2));
    }

    public record Reordered(State state, List<String> lines, String id, int count, BigDecimal total, Instant at) {}

    @Test
    void reorderedPropertiesChangeNothing() {
        Serializer<Reordered> serializer = Serializers.of(Reordered.class);
        Reordered value = serializer.deserialize(BYTES);
        assertThat(value).isEqualTo(new Reordered(State.PAID, ORDER.lines(), "A-1", 2, ORDER.total(), ORDER.at()));
        assertThat(serializer.serialize(value)).isEqualTo(BYTES);
    }

    public record Renamed(
            @JsonAlias({"id", "key"}) String number,
            @JsonProperty("count") int pieces) {}

    @Test
    void renamedPropertiesAreFoundByAliasOrKeepTheirStoredName() {
        Serializer<Renamed> serializer = Serializers.of(Renamed.class);
        Renamed value = serializer.deserialize(BYTES);
        assertThat(value).isEqualTo(new Renamed("A-1", 2));
        assertThat(new String(serializer.serialize(value), StandardCharsets.ISO_8859_1))
                .contains("number", "count")
                .doesNotContain("id", "pieces");
    }

    public record Widened(String id, long count) {}

    public record Fraction(double count) {}

    public record Big(BigInteger count) {}

    public record Exact(BigDecimal count) {}

    public record Boxed(Integer count) {}

    public record Maybe(Optional<Integer> count) {}

    @Test
    void numbersMayBecomeWider() {
        assertThat(Serializers.of(Widened.class).deserialize(BYTES).count()).isEqualTo(2L);
        assertThat(Serializers.of(Fraction.class).deserialize(BYTES).count()).isEqualTo(2.0);
        assertThat(Serializers.of(Big.class).deserialize(BYTES).count()).isEqualTo(BigInteger.TWO);
        assertThat(Serializers.of(Exact.class).deserialize(BYTES).count()).isEqualTo("2");
        assertThat(Serializers.of(Boxed.class).deserialize(BYTES).count()).isEqualTo(2);
        assertThat(Serializers.of(Maybe.class).deserialize(BYTES).count()).contains(2);
    }

    public record Narrowed(int total) {}

    public record TextToNumber(int id) {}

    public record OneToMany(List<Integer> count) {}

    public record NumberToEnum(State count) {}

    @Test
    void aPropertyOfAnotherKindIsAnErrorInsteadOfOtherData() {
        refused(Narrowed.class, "total");
        refused(TextToNumber.class, "id");
        refused(OneToMany.class, "count");
        refused(NumberToEnum.class, "count");
    }

    public enum StateWithout {
        OPEN
    }

    public record EnumConstantGone(StateWithout state) {}

    public enum StateWith {
        DRAFT,
        PAID,
        OPEN;

        @Override
        public String toString() {
            return "state " + ordinal();
        }
    }

    public record EnumConstantAdded(StateWith state) {}

    @Test
    void enumsAreFoundByName() {
        assertThat(Serializers.of(EnumConstantAdded.class).deserialize(BYTES).state())
                .isEqualTo(StateWith.PAID);
        refused(EnumConstantGone.class, "PAID");
    }

    /** What was a record may become a class. */
    public static class OrderBean {
        private String id = "";
        private int count = 1;
        private List<String> lines = new ArrayList<>();
        private String note = "none";

        public String getId() {
            return id;
        }

        public void setId(String id) {
            this.id = id;
        }
    }

    @Test
    void aClassIsStoredByItsFieldsAndGetters() {
        OrderBean bean = Serializers.of(OrderBean.class).deserialize(BYTES);
        assertThat(bean.getId()).isEqualTo("A-1");
        assertThat(bean.count).isEqualTo(2);
        assertThat(bean.lines).containsExactly("tea", "jam");
        assertThat(bean.note).as("missing, so as the constructor left it").isEqualTo("none");
    }

    public record Whatever(Object at, Object count, Object lines, Object state, Object total) {}

    @Test
    void objectStandsForPlainData() {
        assertThat(Serializers.of(Whatever.class).deserialize(BYTES))
                .isEqualTo(new Whatever(
                        new BigDecimal("1709208000.000000001"),
                        2,
                        List.of("tea", "jam"),
                        "PAID",
                        new BigDecimal("19.90")));
        assertThat(Serializers.of(Object.class).deserialize(BYTES)).isInstanceOf(Map.class);
    }

    private static void refused(Class<?> type, String part) {
        assertThatExceptionOfType(KVSerializationException.class)
                .isThrownBy(() -> Serializers.of(type).deserialize(BYTES))
                .withMessageContaining(type.getName())
                .withMessageContaining(part)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("CoercionConfig"));
    }
}
