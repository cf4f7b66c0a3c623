package io.kvstore.internal.engine;

import io.kvstore.Durability;
import io.kvstore.KVOptions;
import io.kvstore.internal.engine.History.Entry;
import io.kvstore.internal.engine.History.State;
import io.kvstore.internal.engine.Survivor.Moment;
import io.kvstore.internal.merge.MergePoint;
import io.kvstore.testing.Bytes;
import io.kvstore.testing.SimulatedDisk;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a power loss leaves of a store that was written to while it was merged. */
@Tag("crash")
class MergeCrashTest {
    private static final KVOptions OPTIONS = KVOptions.builder()
            .segmentSize(1024)
            .durability(Durability.BUFFERED)
            .syncInterval(Duration.ofHours(1))
            .autoMerge(false)
            .build();

    /** Disks for each moment. */
    private static final int DISKS = 8;

    private final SimulatedDisk disk = new SimulatedDisk();
    private final History history = new History(State.EMPTY);
    private final List<Moment> moments = new ArrayList<>();
    private FileStore store;

    /**
     * A merge leaves out what was superseded while it ran. None of that may go before what has superseded it is on
     * stable storage: the power is lost at each point from the writes on, at the last one with the victims gone.
     */
    @ParameterizedTest
    @EnumSource
    void whatIsSupersededWhileAMergeRunsIsThereUntilWhatSupersedesItIsSynced(MergePoint written) {
        store = FileStore.open(disk.directory(Workload.STORE), OPTIONS, () -> 1, point -> {
            if (point == written) {
                writeUnsynced();
            }
            if (point.compareTo(written) >= 0) {
                moments.add(moment(point));
            }
        });
        put("overwritten", "old");
        put("deleted", "old");
        put("garbage", "1".repeat(100));
        put("garbage", "2".repeat(100));
        store.sync();
        history.synced();
        store.merge();
        store.close();
        for (Moment moment : moments) {
            for (long seed = 0; seed < DISKS; seed++) {
                Survivor.checkAll(moment, seed, false, "merge-" + written + "-" + moment.description() + "-" + seed);
            }
        }
    }

    private void writeUnsynced() {
        put("overwritten", "new");
        history.attempt(history.last().without("", "deleted"));
        store.delete(Bytes.of("deleted"));
        history.acknowledge();
    }

    private void put(String key, String value) {
        history.attempt(history.last().with("", key, new Entry(value, Long.MAX_VALUE)));
        store.put(Bytes.of(key), Bytes.of(value));
        history.acknowledge();
    }

    private Moment moment(MergePoint point) {
        int synced = history.syncedIndex();
        return new Moment(moments.size(), point.toString(), disk.image(), history.since(synced), 0, List.of(), 1);
    }
}
