package io.kvstore;

import java.time.Duration;

/**
 * How far a backup has come; what it has done once it is complete.
 *
 * @param segments segment files that belong to it
 * @param done how many of them are in the backup
 * @param bytes of all those segments
 * @param linkedBytes of those that became hard links
 * @param copiedBytes of those that were copied
 * @param elapsed since the backup began
 */
public record KVBackupProgress(
        int segments, int done, long bytes, long linkedBytes, long copiedBytes, Duration elapsed) {}
