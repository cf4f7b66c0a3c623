package io.kvstore;

import java.time.Duration;

/**
 * How far the opening of a store has come.
 *
 * @param segments segment files that were found
 * @param done how many of them were read, from their hint file or whole
 * @param fromHints how many of those came from their hint file
 * @param elapsed since the opening began
 */
public record KVOpenProgress(int segments, int done, int fromHints, Duration elapsed) {}
