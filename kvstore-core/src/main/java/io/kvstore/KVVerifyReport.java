package io.kvstore;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What {@link KVStore#verify()} has found.
 *
 * @param damage all damaged places, by file and offset
 * @param segments segment files that were checked
 * @param records intact records in them
 * @param hints hint files that were checked
 * @param bytes of all those segments
 * @param elapsed how long it took
 */
public record KVVerifyReport(
        List<KVDamage> damage, int segments, long records, int hints, long bytes, Duration elapsed) {
    /**
     * Makes a report.
     *
     * @param damage all damaged places, by file and offset
     * @param segments segment files that were checked
     * @param records intact records in them
     * @param hints hint files that were checked
     * @param bytes of all those segments
     * @param elapsed how long it took
     */
    public KVVerifyReport {
        damage = List.copyOf(damage);
    }

    /**
     * Whether everything was as it was written.
     *
     * @return false if there is any damage
     */
    public boolean ok() {
        return damage.isEmpty();
    }

    /** A line that sums it up, and one for each damaged place with its file and offset. */
    @Override
    public String toString() {
        String sum = (ok() ? "ok: " : Counted.of(damage.size(), "damaged place") + " in ")
                + Counted.of(segments, "segment") + " with " + Counted.of(records, "record") + ", "
                + Counted.of(hints, "hint file") + ", " + Counted.of(bytes, "byte") + ", in " + elapsed.toMillis()
                + " ms";
        return damage.stream().map(place -> "\n" + place).collect(Collectors.joining("", sum, ""));
    }
}
