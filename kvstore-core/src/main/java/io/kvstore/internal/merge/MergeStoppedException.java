package io.kvstore.internal.merge;

import java.io.IOException;

/** The store is being closed: the merge gives up what it has not committed. */
final class MergeStoppedException extends IOException {
    private static final long serialVersionUID = 1L;

    MergeStoppedException() {
        super("the store is being closed");
    }
}
