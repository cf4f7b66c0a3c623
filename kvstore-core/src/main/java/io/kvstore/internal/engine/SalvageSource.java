package io.kvstore.internal.engine;

import io.kvstore.internal.format.RecordLayout;
import io.kvstore.internal.format.SegmentHeader;
import io.kvstore.internal.format.StoreFileLayout;

/**
 * A segment of a damaged store of which the header is known.
 *
 * @param place by which locations name it
 * @param header from the segment, or from its hint file
 * @param limit where its records end at the latest
 * @param whole whether it is known to have been complete, so that no crash has cut off its end
 */
record SalvageSource(int place, SegmentHeader header, int limit, boolean whole) {
    boolean isLog() {
        return header.kind() == SegmentHeader.KIND_LOG;
    }

    long salt(StoreFileLayout store) {
        return RecordLayout.salt(store.secret0(), store.secret1(), header.number(), header.nonce());
    }
}
