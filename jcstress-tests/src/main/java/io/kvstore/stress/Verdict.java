package io.kvstore.stress;

import java.util.List;
import java.util.TreeSet;

/** How many harnesses passed, and which failed. */
record Verdict(int passed, List<String> failed) {
    boolean isGood() {
        return failed.isEmpty() && passed > 0;
    }

    Verdict plus(Verdict other) {
        TreeSet<String> both = new TreeSet<>(failed);
        both.addAll(other.failed);
        return new Verdict(passed + other.passed, List.copyOf(both));
    }

    @Override
    public String toString() {
        String names = failed.isEmpty() ? "" : " (" + String.join(", ", failed) + ")";
        return passed + " passed, " + failed.size() + " failed" + names;
    }
}
