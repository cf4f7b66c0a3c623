package io.kvstore;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What {@link KVStore#repair} has saved, and what it could not.
 *
 * @param lost all damaged places, by file and offset: whatever was there is lost
 * @param segments segment files that were read
 * @param records intact records in them
 * @param keys that are in the repaired store, over all buckets
 * @param buckets named buckets in the repaired store
 * @param elapsed how long it took
 */
public record KVRepairReport(
        List<KVDamage> lost, int segments, long records, long keys, int buckets, Duration elapsed) {
    /**
     * Makes a report.
     *
     * @param lost all damaged places, by file and offset
     * @param segments segment files that were read
     * @param records intact records in them
     * @param keys that are in the repaired store, over all buckets
     * @param buckets named buckets in the repaired store
     * @param elapsed how long it took
     */
    public KVRepairReport {
        lost = List.copyOf(lost);
    }

    /** A line that sums it up, and one for each damaged place with its file and offset. */
    @Override
    public String toString() {
        String sum = "saved " + Counted.of(keys, "key") + " of " + Counted.of(buckets + 1L, "bucket") + ", from "
                + Counted.of(records, "intact record") + " in " + Counted.of(segments, "segment") + ", in "
                + elapsed.toMillis() + " ms; "
                + (lost.isEmpty()
                        ? "nothing was lost"
                        : "lost what was in " + Counted.of(lost.size(), "damaged place"));
        return lost.stream().map(place -> "\n" + place).collect(Collectors.joining("", sum, ""));
    }
}
