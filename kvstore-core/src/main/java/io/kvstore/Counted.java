package io.kvstore;

/** Numbers of things, as the texts of reports say them. */
final class Counted {
    private Counted() {}

    /**
     * A number of things: {@code 1 segment}, {@code 2 segments}.
     *
     * @param count how many
     * @param thing one of them; its plural has an s
     */
    static String of(long count, String thing) {
        return count + " " + thing + (count == 1 ? "" : "s");
    }
}
