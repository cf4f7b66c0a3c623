package io.kvstore.benchmarks.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

class EntriesTest {
    @Test
    void valueTellsItsVersion() {
        byte[] value = new byte[Entries.VALUE_BYTES];
        Entries.fillValue(value, 7, 3);
        assertThat(Entries.requireValue(value, 7, Entries.VALUE_BYTES)).isEqualTo(3);
        assertThat(Entries.number(Entries.key(7))).isEqualTo(7);
    }

    @Test
    void wrongValuesAreFound() {
        byte[] value = Entries.value(7);
        assertThatThrownBy(() -> Entries.requireValue(null, 7, Entries.VALUE_BYTES))
                .isInstanceOf(WrongValueException.class)
                .hasMessageContaining("lost");
        assertThatThrownBy(() -> Entries.requireValue(value, 8, Entries.VALUE_BYTES))
                .isInstanceOf(WrongValueException.class);
        assertThatThrownBy(() -> Entries.requireValue(value, 7, Entries.VALUE_BYTES + 1))
                .isInstanceOf(WrongValueException.class);
        value[8]++;
        assertThatThrownBy(() -> Entries.requireValue(value, 7, Entries.VALUE_BYTES))
                .isInstanceOf(WrongValueException.class)
                .hasMessageContaining("torn");
    }

    @Test
    void someKeysOfAZipfianChoiceComeFarMoreOften() {
        LongSupplier numbers = KeyChoice.ZIPFIAN.numbers(1_000, 1);
        Map<Long, Integer> counts = new HashMap<>();
        for (int i = 0; i < 100_000; i++) {
            long number = numbers.getAsLong();
            assertThat(number).isBetween(0L, 999L);
            counts.merge(number, 1, Integer::sum);
        }
        assertThat(counts.values().stream().mapToInt(Integer::intValue).max().orElseThrow())
                .isGreaterThan(10_000);
    }
}
