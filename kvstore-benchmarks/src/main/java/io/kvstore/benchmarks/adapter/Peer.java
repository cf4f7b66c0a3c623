package io.kvstore.benchmarks.adapter;

import static io.kvstore.benchmarks.adapter.Feature.BATCH;
import static io.kvstore.benchmarks.adapter.Feature.KILL;
import static io.kvstore.benchmarks.adapter.Feature.MAP;
import static io.kvstore.benchmarks.adapter.Feature.POWER;
import static io.kvstore.benchmarks.adapter.Feature.READ;
import static io.kvstore.benchmarks.adapter.Feature.REOPEN;
import static io.kvstore.benchmarks.adapter.Feature.SCAN;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** The stores, what they can, and what their settings mean. The first is the one that all others are beside. */
@SuppressWarnings("ImmutableEnumChecker") // all of them are made by List.of and Set.of
public enum Peer {
    /** kvstore. */
    KVSTORE(
            "kvstore",
            "defaults; durability `OS`, or `SYNC` for durable puts",
            "the same as asked: `OS` outlives a kill, `SYNC` a loss of power",
            List.of(),
            Set.of(READ, MAP, SCAN, BATCH, POWER, REOPEN, KILL)) {
        @Override
        Adapter opened(Path folder, Guarantee guarantee, Shape shape) {
            return new KvstoreAdapter(folder, guarantee, true);
        }
    },

    /** kvstore, which never merges by itself. */
    KVSTORE_UNMERGED(
            "kvstore, no merging",
            "as kvstore, with `autoMerge` off",
            "the same",
            List.of(),
            Set.of(READ, MAP, SCAN, BATCH, POWER, REOPEN, KILL)) {
        @Override
        Adapter opened(Path folder, Guarantee guarantee, Shape shape) {
            return new KvstoreAdapter(folder, guarantee, false);
        }
    },

    /** RocksDB. */
    ROCKSDB(
            "RocksDB",
            "10.2.1; log on, `sync` off, or on for durable puts; no compression, Bloom filters of 10 bits, a block"
                    + " cache of twice the data, as many background threads as processors, else defaults",
            "the same",
            List.of("--enable-native-access=ALL-UNNAMED"),
            Set.of(READ, MAP, SCAN, BATCH, POWER, REOPEN, KILL)) {
        @Override
        Adapter opened(Path folder, Guarantee guarantee, Shape shape) throws IOException {
            return new RocksDbAdapter(folder, guarantee, shape);
        }
    },

    /** LMDB. */
    LMDB(
            "LMDB",
            "lmdbjava 0.9.1; a transaction for each put; `NOSYNC` and `WRITEMAP`, or neither for durable puts; one read"
                    + " transaction a thread, renewed for each get",
            "the same",
            List.of("--add-opens=java.base/java.nio=ALL-UNNAMED", "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED"),
            Set.of(READ, MAP, SCAN, BATCH, POWER, REOPEN, KILL)) {
        @Override
        Adapter opened(Path folder, Guarantee guarantee, Shape shape) {
            return new LmdbAdapter(folder, guarantee, shape);
        }
    },

    /** Chronicle Map. */
    CHRONICLE(
            "Chronicle Map",
            "3.27ea0; in a mapped file, made for exactly the keys that will come, keys and values of constant size",
            "outlives a kill; nothing is ever synced, so it has no durable puts; no batches",
            chronicleOptions(),
            Set.of(READ, MAP, SCAN, REOPEN, KILL)) {
        @Override
        Adapter opened(Path folder, Guarantee guarantee, Shape shape) throws IOException {
            return new ChronicleMapAdapter(folder, shape);
        }
    },

    /** ConcurrentHashMap. */
    HASHMAP(
            "ConcurrentHashMap",
            "of the JDK; `ByteBuffer` to `byte[]`, copied in and out; grows as it fills",
            "none: it is gone with the process",
            List.of(),
            Set.of(READ, MAP, SCAN)) {
        @Override
        Adapter opened(Path folder, Guarantee guarantee, Shape shape) {
            return new HashMapAdapter();
        }
    },

    /** The MVStore of H2. */
    MVSTORE(
            "MVStore",
            "H2 2.3.232; it writes in the background each second, or commits and syncs each durable put; a cache of"
                    + " twice the data",
            "weaker without durable puts: a kill may lose a second",
            List.of(),
            Set.of(READ, MAP, SCAN, BATCH, POWER, REOPEN)) {
        @Override
        Adapter opened(Path folder, Guarantee guarantee, Shape shape) {
            return new MvStoreAdapter(folder, guarantee, shape);
        }
    },

    /** MapDB. */
    MAPDB(
            "MapDB",
            "3.1.0; hash map with its values inline in a mapped file, without its log; with log and commit for durable"
                    + " puts",
            "weaker without durable puts: a kill makes the file unusable; batches are not atomic",
            List.of(
                    "--add-opens=java.base/java.nio=ALL-UNNAMED",
                    "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED"),
            Set.of(READ, MAP, SCAN, BATCH, POWER, REOPEN)) {
        @Override
        Adapter opened(Path folder, Guarantee guarantee, Shape shape) {
            return new MapDbAdapter(folder, guarantee);
        }
    },

    /** Xodus. */
    XODUS(
            "Xodus",
            "2.0.1; an exclusive transaction for each put, `logDurableWrite` off, or on for durable puts; cache of half"
                    + " the heap",
            "the same",
            List.of(),
            Set.of(READ, MAP, SCAN, BATCH, POWER, REOPEN, KILL)) {
        @Override
        Adapter opened(Path folder, Guarantee guarantee, Shape shape) {
            return new XodusAdapter(folder, guarantee);
        }
    },

    /** Appends to a file through a buffer. */
    APPEND(
            "buffered append",
            "a file of the records' size, 64 KiB a write; read at known places",
            "none: what is in the buffer is lost, and there is no index",
            List.of(),
            Set.of(READ, SCAN)) {
        @Override
        Adapter opened(Path folder, Guarantee guarantee, Shape shape) throws IOException {
            return new RawFileAdapter(folder, shape, true);
        }
    },

    /** Appends to a file record by record. */
    WRITE(
            "write per record",
            "the same file, one write a record",
            "outlives a kill, but there is no index",
            List.of(),
            Set.of(READ, SCAN)) {
        @Override
        Adapter opened(Path folder, Guarantee guarantee, Shape shape) throws IOException {
            return new RawFileAdapter(folder, shape, false);
        }
    },

    /** The least that a durable put can cost. */
    FDATASYNC(
            "fdatasync loop",
            "writes records of the same size into blocks that exist, each with an fdatasync",
            "outlives a loss of power, but there is no index",
            List.of(),
            Set.of(POWER)) {
        @Override
        Adapter opened(Path folder, Guarantee guarantee, Shape shape) throws IOException {
            return new FdatasyncAdapter(folder, shape);
        }
    };

    private final String title;
    private final String settings;
    private final String guarantee;
    private final List<String> jvmOptions;
    private final Set<Feature> features;

    Peer(String title, String settings, String guarantee, List<String> jvmOptions, Set<Feature> features) {
        this.title = title;
        this.settings = settings;
        this.guarantee = guarantee;
        this.jvmOptions = jvmOptions;
        this.features = features;
    }

    private static List<String> chronicleOptions() {
        return List.of(
                "-Dchronicle.analytics.disable=true",
                "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
                "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
                "--add-exports=jdk.unsupported/sun.misc=ALL-UNNAMED",
                "--add-exports=jdk.compiler/com.sun.tools.javac.file=ALL-UNNAMED",
                "--add-opens=jdk.compiler/com.sun.tools.javac=ALL-UNNAMED",
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
                "--add-opens=java.base/java.io=ALL-UNNAMED",
                "--add-opens=java.base/java.util=ALL-UNNAMED",
                "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED");
    }

    abstract Adapter opened(Path folder, Guarantee guarantee, Shape shape) throws IOException;

    /**
     * Opens a store, or makes one.
     *
     * @param folder of its own; made if it is not there
     * @param promise what each write has to outlive
     * @param shape of what will be in it
     * @return the open store
     * @throws IOException if it cannot be opened
     */
    public Adapter open(Path folder, Guarantee promise, Shape shape) throws IOException {
        return opened(Files.createDirectories(folder), promise, shape);
    }

    /**
     * Its name on the command line and in results.
     *
     * @return lower case
     */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * Finds a peer.
     *
     * @param id its name
     * @return the peer
     * @throws IllegalArgumentException if there is none of that name; its message lists all names
     */
    public static Peer of(String id) {
        return Arrays.stream(values())
                .filter(peer -> peer.id().equals(id))
                .findAny()
                .orElseThrow(() -> new IllegalArgumentException("there is no peer \"" + id + "\"; use "
                        + Arrays.stream(values()).map(Peer::id).collect(Collectors.joining(", "))));
    }

    /**
     * Its name for people.
     *
     * @return the title
     */
    public String title() {
        return title;
    }

    /**
     * Version and settings.
     *
     * @return Markdown
     */
    public String settings() {
        return settings;
    }

    /**
     * How its guarantee compares to what kvstore gives in the same workload.
     *
     * @return Markdown
     */
    public String guarantee() {
        return guarantee;
    }

    /**
     * What its JVM must be started with.
     *
     * @return options of {@code java}
     */
    public List<String> jvmOptions() {
        return jvmOptions;
    }

    /**
     * Whether it can do what a workload needs.
     *
     * @param feature that is needed
     * @return true if it can
     */
    public boolean has(Feature feature) {
        return features.contains(feature);
    }
}
