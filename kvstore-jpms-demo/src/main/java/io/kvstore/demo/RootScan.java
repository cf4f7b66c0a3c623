package io.kvstore.demo;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the catalog knows about the scans of one folder.
 *
 * @param completed when the last complete scan ended, or null if none ever did
 * @param files that it found
 * @param bytes in those files
 * @param run the scan that has not come to its end: interrupted, or still under way; or null
 */
record RootScan(
        @Nullable Instant completed,
        long files,
        long bytes,
        @Nullable Run run) {
    /**
     * A scan under way.
     *
     * @param number of the run, over all folders
     * @param started when it began
     * @param files in the folders that are done
     * @param bytes in those files
     */
    record Run(long number, Instant started, long files, long bytes) {
        Run with(long moreFiles, long moreBytes) {
            return new Run(number, started, files + moreFiles, bytes + moreBytes);
        }
    }

    /** The same folder with its next, or changed, run. */
    RootScan with(Run next) {
        return new RootScan(completed, files, bytes, next);
    }
}
