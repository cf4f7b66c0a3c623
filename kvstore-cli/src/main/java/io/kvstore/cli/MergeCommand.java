package io.kvstore.cli;

import io.kvstore.KVOptions;
import io.kvstore.KVStats;
import io.kvstore.KVStore;
import picocli.CommandLine.Command;

/** {@code kvstore merge}. */
@Command(
        name = "merge",
        description = {
            "Gives the space of garbage back.",
            "That is what was overwritten, deleted or has expired. Interrupting it loses nothing."
        })
final class MergeCommand extends StoreCommand {
    @Override
    public Integer call() {
        try (KVStore store = KVStore.open(
                directory,
                KVOptions.builder().createIfMissing(false).autoMerge(false).build())) {
            KVStats before = store.stats();
            store.merge();
            KVStats after = store.stats();
            if (json) {
                console()
                        .json(CborJson.JSON
                                .createObjectNode()
                                .put("logBytesBefore", before.logBytes())
                                .put("logBytesAfter", after.logBytes())
                                .put("segmentsBefore", before.segments())
                                .put("segmentsAfter", after.segments()));
            } else {
                console()
                        .line("Merged: " + Human.bytes(before.logBytes()) + " in "
                                + Human.count(before.segments(), "segment", "segments") + " became "
                                + Human.bytes(after.logBytes()) + " in "
                                + Human.count(after.segments(), "segment", "segments"));
            }
        }
        return ExitCode.FINE;
    }
}
