package io.kvstore.internal.engine;

import io.kvstore.KVDamage;
import io.kvstore.KVException;
import io.kvstore.internal.engine.SalvageSources.Found;
import io.kvstore.internal.file.StoreDirectory;
import io.kvstore.internal.format.BucketNames;
import io.kvstore.internal.format.FileNames;
import io.kvstore.internal.format.LittleEndian;
import io.kvstore.internal.format.ManifestLayout;
import io.kvstore.internal.format.RecordLayout;
import io.kvstore.internal.format.SizeClass;
import io.kvstore.internal.format.StoreFileLayout;
import io.kvstore.internal.index.BucketCatalog;
import io.kvstore.internal.index.Index;
import io.kvstore.internal.index.Index.Part;
import io.kvstore.internal.index.KeyHash;
import io.kvstore.internal.index.KeyHash.Hash;
import io.kvstore.internal.index.Location;
import io.kvstore.internal.index.ShardedIndex;
import io.kvstore.internal.log.RecordBuffer;
import io.kvstore.internal.log.Segment;
import io.kvstore.internal.log.SegmentFiles;
import io.kvstore.internal.recovery.SalvageScanner;
import io.kvstore.internal.recovery.SegmentWindow;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads the intact records of a damaged store, and copies the newest of each key into a new one. Which record is the
 * newest, its sequence number tells, wherever it stands. Takes some 30 bytes a key, and has all segments mapped.
 *
 * <p>Of a batch of which a part is damaged the rest is saved. What a crash has left of one at the end of a segment is
 * left out, as it would be without damage.
 */
final class Salvage {
    private static final String LOST_NAME = "lost-name-of-bucket-";

    private final StoreDirectory directory;
    private final StoreFileLayout store;
    private final List<KVDamage> lost;
    private final KeyHash hash;
    private final Found found;

    /** By place. */
    private final List<Segment> segments = new ArrayList<>();

    /** The newest record of each key, be it a put or a tombstone, by bucket. */
    private final Map<Integer, Index> newest = new TreeMap<>();

    private final Map<Integer, String> names = new HashMap<>();
    private final Set<Integer> dropped = new HashSet<>();
    private final RecordBuffer buffer = new RecordBuffer();
    private long records;

    Salvage(StoreDirectory directory, StoreFileLayout store, List<KVDamage> lost) throws IOException {
        this.directory = directory;
        this.store = store;
        this.lost = lost;
        this.hash = new KeyHash(store.secret0(), store.secret1());
        this.found = SalvageSources.find(directory, store, lost);
        ManifestLayout manifest = found.manifest();
        if (manifest != null) {
            manifest.buckets().forEach(bucket -> names.put(bucket.id(), bucket.name()));
        }
    }

    int segments() {
        return found.sources().size();
    }

    long records() {
        return records;
    }

    /** Finds the newest record of each key, and all damage. */
    void read() throws IOException {
        SegmentFiles files = new SegmentFiles(directory, store, 0);
        Reader before = null;
        for (SalvageSource source : found.sources()) {
            String name = FileNames.segment(source.header().number());
            try (SalvageFile file = new SalvageFile(directory.open(name))) {
                int length = (int) Math.min(file.length(), Math.min(source.limit(), Integer.MAX_VALUE));
                segments.add(files.open(source.header(), source.place(), length, length));
                Reader reader = new Reader(source, name, before);
                long end = SalvageScanner.scan(new SegmentWindow(file), source.salt(store), source.limit(), reader);
                if (source.whole()) {
                    // So was the batch of which something is left at its end.
                    reader.applyBatch();
                }
                // A segment of which nothing is left says nothing of the one before, and the next one may.
                before = reader.before == null ? reader : reader.before;
                if (source.limit() < Integer.MAX_VALUE && end < source.limit()) {
                    lost.add(new KVDamage(
                            directory.path().resolve(name), end, "cut off before offset " + source.limit(), null));
                }
                file.unreadable()
                        .forEach(range -> lost.add(new KVDamage(
                                directory.path().resolve(name),
                                range.from(),
                                "cannot be read up to offset " + range.to() + ": " + range.cause(),
                                null)));
            }
        }
    }

    private final class Reader implements SalvageScanner.Visitor {
        private final SalvageSource source;
        private final String name;

        /** Of the batch that is being read: bucket, both halves of the hash, location. */
        private final List<long[]> batch = new ArrayList<>();

        /** Whether a part of that batch is damaged, or the end of the log is. */
        private boolean broken;

        /** Of an earlier segment, until there is a later record of the log: then that one was complete. */
        private @Nullable Reader before;

        Reader(SalvageSource source, String name, @Nullable Reader before) {
            this.source = source;
            this.name = name;
            this.before = before;
        }

        @Override
        public void record(SegmentWindow window, int header, int offset, long size) {
            // The log went on behind a batch that is not to its end there, so it was whole.
            if (broken) {
                applyBatch();
            }
            if (before != null && source.isLog()) {
                before.applyBatch();
                before = null;
            }
            byte[] bytes = window.bytes();
            int kind = bytes[header + RecordLayout.KIND];
            int flags = bytes[header + RecordLayout.FLAGS];
            int bucket = LittleEndian.getInt(bytes, header + RecordLayout.BUCKET);
            int key = header + RecordLayout.HEADER_SIZE + RecordLayout.expirySize(flags);
            int length = LittleEndian.getUnsignedShort(bytes, header + RecordLayout.KEY_LENGTH);
            records += kind == RecordLayout.KIND_SEAL ? 0 : 1;
            if (kind == RecordLayout.KIND_PUT || kind == RecordLayout.KIND_TOMBSTONE) {
                Hash hashed = hash.hash(bytes, key, length);
                boolean expires = (flags & RecordLayout.FLAG_EXPIRY) != 0;
                long location = Location.of(source.place(), offset, SizeClass.of(size), expires);
                batch.add(new long[] {bucket, hashed.high(), hashed.low(), location});
            } else if (kind == RecordLayout.KIND_BUCKET) {
                String declared = BucketNames.decode(bytes, key, length);
                if (declared != null) {
                    names.putIfAbsent(bucket, declared);
                }
            } else if (kind == RecordLayout.KIND_BUCKET_DROP) {
                dropped.add(bucket);
            }
            if ((flags & RecordLayout.FLAG_BATCH_CONTINUES) == 0) {
                applyBatch();
            }
        }

        @Override
        public void damage(int from, int to, byte @Nullable [] key) {
            lost.add(new KVDamage(directory.path().resolve(name), from, "no intact record up to offset " + to, key));
            broken = true;
        }

        void applyBatch() {
            for (long[] record : batch) {
                offer((int) record[0], new Hash(record[1], record[2]), record[3], source.isLog());
            }
            batch.clear();
            broken = false;
        }
    }

    private void offer(int bucket, Hash key, long location, boolean inLog) {
        Index index = newest.computeIfAbsent(bucket, id -> new ShardedIndex());
        long present = index.get(key);
        boolean newer = present == Location.NONE
                || (inLog && Location.slot(present) == Location.slot(location))
                || sequence(location) > sequence(present);
        if (newer) {
            index.prepare(key);
            index.put(key, location);
        }
    }

    private long sequence(long location) {
        return read(location) ? buffer.sequence() : -1;
    }

    /** Reads a record that was intact a moment ago; false, and told, if the disk gives something else now. */
    private boolean read(long location) {
        Segment segment = segments.get(Location.slot(location));
        try {
            segment.read(Location.offset(location), Location.sizeBound(location), buffer);
            return true;
        } catch (KVException e) {
            lost.add(new KVDamage(
                    directory.path().resolve(FileNames.segment(segment.number())),
                    Location.offset(location),
                    String.valueOf(e.getMessage()),
                    null));
            return false;
        }
    }

    /** Puts the newest record of each key that is present into a store. */
    void copyTo(FileStore repaired) {
        for (Map.Entry<Integer, Index> entry : newest.entrySet()) {
            String name = name(entry.getKey());
            if (name != null) {
                copy(entry.getValue(), name, repaired);
            }
        }
    }

    /** The name of a bucket; null if it was dropped. */
    private @Nullable String name(int id) {
        ManifestLayout manifest = found.manifest();
        if (id == BucketCatalog.DEFAULT_ID) {
            return "";
        }
        boolean gone = dropped.contains(id)
                || (manifest != null
                        && id <= manifest.lastBucketId()
                        && manifest.buckets().stream().noneMatch(bucket -> bucket.id() == id));
        String name = names.get(id);
        // A bucket that was made again under its name was dropped before, though the record of that be lost.
        if (gone || (name != null && isNewer(id, name))) {
            return null;
        }
        if (name == null) {
            name = LOST_NAME + id;
            lost.add(new KVDamage(
                    directory.path(), 0, "the name of a bucket is lost: its entries are in bucket " + name, null));
        }
        return name;
    }

    private boolean isNewer(int id, String name) {
        return names.entrySet().stream()
                .anyMatch(entry -> entry.getKey() > id && entry.getValue().equals(name));
    }

    private void copy(Index index, String bucket, FileStore repaired) {
        long now = System.currentTimeMillis();
        long start = 0;
        do {
            Part part = index.part(start);
            for (int i = 0; i < part.size(); i++) {
                if (read(part.location(i)) && buffer.isPut() && buffer.expiryMillis() > now) {
                    repaired.restore(bucket, buffer.key(), buffer.value(), buffer.expiryMillis());
                }
                buffer.trim();
            }
            start = part.next();
        } while (start != 0);
    }
}
