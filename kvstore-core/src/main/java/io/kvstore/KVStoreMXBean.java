package io.kvstore;

/**
 * An open store as JMX sees it: the figures of {@link KVStats} one by one, and what an operator may ask for. Registered
 * if {@link KVOptions#jmx()} says so, as {@code io.kvstore:type=KVStore,path="..."} with the directory of the store,
 * and taken away by its close.
 *
 * <p>Figures are at most a tenth of a second old. Counters count since the store was opened. Thread-safe. Once the
 * store is closed everything here throws {@link KVClosedException}.
 */
public interface KVStoreMXBean {
    /** {@return the directory of the store} */
    String getPath();

    /** {@return {@link KVStats#keys()}} */
    long getKeys();

    /** {@return {@link KVStats#buckets()}} */
    int getBuckets();

    /** {@return {@link KVStats#segments()}} */
    int getSegments();

    /** {@return {@link KVStats#diskBytes()}} */
    long getDiskBytes();

    /** {@return {@link KVStats#logBytes()}} */
    long getLogBytes();

    /** {@return {@link KVStats#liveBytes()}} */
    long getLiveBytes();

    /** {@return {@link KVStats#garbageRatio()}} */
    double getGarbageRatio();

    /** {@return {@link KVStats#indexBytes()}} */
    long getIndexBytes();

    /** {@return {@link KVStats#puts()}} */
    long getPuts();

    /** {@return {@link KVStats#deletes()}} */
    long getDeletes();

    /** {@return {@link KVStats#hits()}} */
    long getHits();

    /** {@return {@link KVStats#misses()}} */
    long getMisses();

    /** {@return {@link KVStats#syncs()}} */
    long getSyncs();

    /** {@return {@link KVStats#rolls()}} */
    long getRolls();

    /** {@return {@link KVStats#writerStalls()}} */
    long getWriterStalls();

    /** {@return {@link KVStats#writerStalled()} in milliseconds} */
    long getWriterStalledMillis();

    /** {@return {@link KVStats#writersSlowed()}} */
    long getWritersSlowed();

    /** {@return {@link KVStats#writersSlowedTime()} in milliseconds} */
    long getWritersSlowedMillis();

    /** {@return {@link KVStats#merges()}} */
    long getMerges();

    /** {@return {@link KVStats#mergeFailures()}} */
    long getMergeFailures();

    /** {@return {@link KVStats#mergeRunning()}} */
    boolean isMergeRunning();

    /** {@return {@link KVStats#mergedSegments()}} */
    long getMergedSegments();

    /** {@return {@link KVStats#mergeReadBytes()}} */
    long getMergeReadBytes();

    /** {@return {@link KVStats#mergeWrittenBytes()}} */
    long getMergeWrittenBytes();

    /** {@return {@link KVStats#writtenBytes()}} */
    long getWrittenBytes();

    /** {@return {@link KVStats#writeAmplification()}} */
    double getWriteAmplification();

    /** {@return {@link KVStats#openTime()} in milliseconds} */
    long getOpenMillis();

    /** {@return {@link KVStats#recoveredRecords()}} */
    long getRecoveredRecords();

    /** {@return {@link KVStats#openSegmentsRead()}} */
    int getOpenSegmentsRead();

    /** {@return {@link KVStats#openSegmentsHinted()}} */
    int getOpenSegmentsHinted();

    /** {@return {@link KVStats#writable()}} */
    boolean isWritable();

    /** As {@link KVStore#sync()}. */
    void sync();

    /** As {@link KVStore#merge()}: returns when it is done. */
    void merge();
}
