package io.kvstore.demo;

/**
 * What a scan found.
 *
 * @param files regular files whose entry is as the file is now; with those that the run had found before it was
 *     interrupted
 * @param bytes in those files
 * @param hashedFiles those of them that had to be read
 * @param skipped links and special files
 * @param added files that had no entry
 * @param changed files whose size or time of change was another
 * @param removed files that are no longer there
 * @param unreadable files and folders, with the reason
 * @param complete false if the scan was asked to stop before its end
 */
record ScanReport(
        long files,
        long bytes,
        long hashedFiles,
        long skipped,
        Tally added,
        Tally changed,
        Tally removed,
        Tally unreadable,
        boolean complete) {}
