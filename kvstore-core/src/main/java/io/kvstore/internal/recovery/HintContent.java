package io.kvstore.internal.recovery;

import io.kvstore.internal.format.HintEntry;
import io.kvstore.internal.format.HintLayout;
import io.kvstore.internal.format.KeyFilter;

/**
 * All of a hint file but its blocks: what belongs to a segment, whether it is written or compared.
 *
 * @param head with the checksums of the others
 * @param described see {@link HintDescription}
 * @param filter of the keys
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record HintContent(HintLayout.Head head, byte[] described, byte[] filter) {
    static HintContent of(SegmentSummary summary, SortedEntries entries) {
        int count = entries.count();
        long[] firsts = new long[HintLayout.blocks(count)];
        KeyFilter filter = KeyFilter.forKeys(count);
        for (int i = 0; i < count; i++) {
            filter.add(entries.high(i), HintEntry.low(entries.second(i)));
            if (i % HintLayout.BLOCK_ENTRIES == 0) {
                firsts[i / HintLayout.BLOCK_ENTRIES] = entries.high(i);
            }
        }
        byte[] described = new HintDescription(summary, firsts).encode();
        byte[] filterBytes = filter.encode();
        HintLayout.Head head = new HintLayout.Head(
                summary.header().number(),
                summary.header().nonce(),
                summary.end(),
                described.length,
                count,
                HintFile.checksum(described),
                HintFile.checksum(filterBytes));
        return new HintContent(head, described, filterBytes);
    }
}
