package io.kvstore.benchmarks.report;

/**
 * A store that was measured.
 *
 * @param id its name in the series
 * @param title its name for people
 * @param settings version and settings, Markdown
 * @param guarantee what its writes outlive, Markdown
 */
public record PeerInfo(String id, String title, String settings, String guarantee) {}
