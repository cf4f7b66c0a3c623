package io.kvstore;

import java.time.Duration;

/**
 * How far a check has come.
 *
 * @param segments segment files to be checked
 * @param done how many of them were
 * @param bytes of all those segments
 * @param verifiedBytes of those that were checked
 * @param elapsed since the check began
 */
public record KVVerifyProgress(int segments, int done, long bytes, long verifiedBytes, Duration elapsed) {}
