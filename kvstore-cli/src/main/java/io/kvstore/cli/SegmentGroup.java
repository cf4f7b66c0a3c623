package io.kvstore.cli;

import io.kvstore.KVStats;
import java.util.ArrayList;
import java.util.List;

/**
 * Some segments that follow each other, so that a picture of a large store keeps its size.
 *
 * @param segments at least one
 */
record SegmentGroup(List<KVStats.Segment> segments) {
    /** Divides segments into groups of the same size, so many at most. */
    static List<SegmentGroup> of(List<KVStats.Segment> all, int groupsMax) {
        int size = Math.max(1, (all.size() + groupsMax - 1) / groupsMax);
        List<SegmentGroup> groups = new ArrayList<>();
        for (int i = 0; i < all.size(); i += size) {
            groups.add(new SegmentGroup(List.copyOf(all.subList(i, Math.min(all.size(), i + size)))));
        }
        return groups;
    }

    String name() {
        int first = segments.get(0).number();
        return segments.size() == 1 ? Integer.toString(first) : first + " and " + (segments.size() - 1) + " more";
    }

    long logBytes() {
        return segments.stream().mapToLong(KVStats.Segment::logBytes).sum();
    }

    long liveBytes() {
        return segments.stream()
                .mapToLong(s -> Math.min(s.liveBytes(), s.logBytes()))
                .sum();
    }

    long deadBytes() {
        return logBytes() - liveBytes();
    }

    double garbageRatio() {
        return logBytes() == 0 ? 0 : (double) deadBytes() / logBytes();
    }

    /** What is particular about it. */
    String remark() {
        long merged = segments.stream().filter(KVStats.Segment::merged).count();
        boolean active = segments.stream().anyMatch(KVStats.Segment::active);
        return (merged == 0 ? "" : merged == segments.size() ? "merged" : merged + " merged")
                + (merged > 0 && active ? ", " : "")
                + (active ? "last" : "");
    }
}
