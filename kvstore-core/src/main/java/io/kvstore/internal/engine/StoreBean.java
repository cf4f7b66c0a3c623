package io.kvstore.internal.engine;

import io.kvstore.KVErrorCode;
import io.kvstore.KVException;
import io.kvstore.KVStats;
import io.kvstore.KVStore;
import io.kvstore.KVStoreMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import javax.management.InstanceAlreadyExistsException;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A store as an MXBean. The only class that names types of {@code java.management}, which need not be there: see
 * {@link io.kvstore.internal.event.OptionalModules}.
 */
final class StoreBean implements KVStoreMXBean {
    private static final Logger LOG = LoggerFactory.getLogger(StoreBean.class);

    /** A console asks for one attribute after the other: figures so old serve all of them. */
    private static final long FRESH_NANOS = 100_000_000;

    private final KVStore store;
    private final Path path;

    /** Guarded by this. */
    private @Nullable KVStats stats;

    private long takenAt;

    private StoreBean(KVStore store, Path path) {
        this.store = store;
        this.path = path;
    }

    /**
     * Registers a store.
     *
     * @return how to take it away again
     * @throws KVException if the MBean server refuses it for another reason than that the name is taken
     */
    static Runnable register(KVStore store, Path path) {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        try {
            ObjectName name = new ObjectName("io.kvstore:type=KVStore,path=" + ObjectName.quote(path.toString()));
            server.registerMBean(new StoreBean(store, path), name);
            return () -> unregister(server, name);
        } catch (InstanceAlreadyExistsException e) {
            LOG.warn("store {}: there is an MXBean of it already, which stays; this opening has none", path);
            return () -> {};
        } catch (JMException e) {
            throw new KVException(
                    KVErrorCode.INVALID_OPTION,
                    "option jmx=true: the store " + path + " cannot be registered: " + e.getMessage()
                            + "; leave the option out",
                    e);
        }
    }

    private static void unregister(MBeanServer server, ObjectName name) {
        try {
            server.unregisterMBean(name);
        } catch (InstanceNotFoundException e) {
            LOG.debug("{} was taken away by somebody else", name);
        } catch (JMException e) {
            LOG.warn("{} is still there: {}", name, e.getMessage());
        }
    }

    private synchronized KVStats stats() {
        KVStats last = stats;
        if (last == null || System.nanoTime() - takenAt > FRESH_NANOS) {
            last = store.stats();
            stats = last;
            takenAt = System.nanoTime();
        }
        return last;
    }

    @Override
    public String getPath() {
        return path.toString();
    }

    @Override
    public long getKeys() {
        return stats().keys();
    }

    @Override
    public int getBuckets() {
        return stats().buckets();
    }

    @Override
    public int getSegments() {
        return stats().segments();
    }

    @Override
    public long getDiskBytes() {
        return stats().diskBytes();
    }

    @Override
    public long getLogBytes() {
        return stats().logBytes();
    }

    @Override
    public long getLiveBytes() {
        return stats().liveBytes();
    }

    @Override
    public double getGarbageRatio() {
        return stats().garbageRatio();
    }

    @Override
    public long getIndexBytes() {
        return stats().indexBytes();
    }

    @Override
    public long getPuts() {
        return stats().puts();
    }

    @Override
    public long getDeletes() {
        return stats().deletes();
    }

    @Override
    public long getHits() {
        return stats().hits();
    }

    @Override
    public long getMisses() {
        return stats().misses();
    }

    @Override
    public long getSyncs() {
        return stats().syncs();
    }

    @Override
    public long getRolls() {
        return stats().rolls();
    }

    @Override
    public long getWriterStalls() {
        return stats().writerStalls();
    }

    @Override
    public long getWriterStalledMillis() {
        return stats().writerStalled().toMillis();
    }

    @Override
    public long getWritersSlowed() {
        return stats().writersSlowed();
    }

    @Override
    public long getWritersSlowedMillis() {
        return stats().writersSlowedTime().toMillis();
    }

    @Override
    public long getMerges() {
        return stats().merges();
    }

    @Override
    public long getMergeFailures() {
        return stats().mergeFailures();
    }

    @Override
    public boolean isMergeRunning() {
        return stats().mergeRunning();
    }

    @Override
    public boolean isWritable() {
        return stats().writable();
    }

    @Override
    public long getMergedSegments() {
        return stats().mergedSegments();
    }

    @Override
    public long getMergeReadBytes() {
        return stats().mergeReadBytes();
    }

    @Override
    public long getMergeWrittenBytes() {
        return stats().mergeWrittenBytes();
    }

    @Override
    public long getWrittenBytes() {
        return stats().writtenBytes();
    }

    @Override
    public double getWriteAmplification() {
        return stats().writeAmplification();
    }

    @Override
    public long getOpenMillis() {
        return stats().openTime().toMillis();
    }

    @Override
    public long getRecoveredRecords() {
        return stats().recoveredRecords();
    }

    @Override
    public int getOpenSegmentsRead() {
        return stats().openSegmentsRead();
    }

    @Override
    public int getOpenSegmentsHinted() {
        return stats().openSegmentsHinted();
    }

    @Override
    public void sync() {
        store.sync();
    }

    @Override
    public void merge() {
        store.merge();
    }
}
