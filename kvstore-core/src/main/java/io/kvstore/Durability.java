package io.kvstore;

/**
 * What an acknowledged write survives. In every mode a crash leaves a prefix of the acknowledged order of writes that
 * contains everything up to the last sync: never a gap and never a torn value.
 */
public enum Durability {
    /**
     * On stable storage before the call returns: survives a power loss. Concurrent callers share one fsync. A value may
     * be seen by other threads just before it is durable.
     */
    SYNC,

    /**
     * Handed to the operating system before the call returns: survives the death of the process ({@code kill -9}), not
     * a power loss. A background fsync runs at least every {@link KVOptions#syncInterval()}.
     */
    OS,

    /**
     * As cheap as it gets: may lose the last moments when the process dies. A background fsync runs every ten
     * {@link KVOptions#syncInterval()}, beside those of {@link KVStore#sync()} and {@link KVStore#close()}.
     */
    BUFFERED
}
