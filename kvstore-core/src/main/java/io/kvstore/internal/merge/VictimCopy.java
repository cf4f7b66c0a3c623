package io.kvstore.internal.merge;

import io.kvstore.KVCorruptionException;
import io.kvstore.KVException;
import io.kvstore.internal.file.StoreFile;
import io.kvstore.internal.format.FileNames;
import io.kvstore.internal.format.LittleEndian;
import io.kvstore.internal.format.RecordLayout;
import io.kvstore.internal.format.SegmentHeader;
import io.kvstore.internal.format.SizeClass;
import io.kvstore.internal.index.BucketIndex;
import io.kvstore.internal.index.Location;
import io.kvstore.internal.log.RecordBuffer;
import io.kvstore.internal.log.Segment;
import io.kvstore.internal.merge.RecordRun.Met;
import io.kvstore.internal.recovery.SegmentScanner;
import io.kvstore.internal.recovery.SegmentScanner.End;
import io.kvstore.internal.recovery.SegmentWindow;
import java.io.IOException;
import java.util.BitSet;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * The copying part of a merge: reads the victims and writes those of their records that the index points at, and the
 * tombstones that are still needed. Neither index nor log is changed. Belongs to the merge thread; used once.
 */
final class VictimCopy {
    private static final byte[] NO_VALUE = {};

    /** The bits of the lower half of a hash that an index keeps. */
    private static final long LOW_MASK = ~0xFFFF_0000L;

    private final MergeContext context;
    private final List<Segment> victims;
    private final MergeOutput output;
    private final TombstoneRule tombstones;
    private final MergePace pace;
    private final BooleanSupplier stopped;
    private final long nowMillis;

    private final DeletedKeys candidates = new DeletedKeys();

    /** Keys whose puts are dropped because their time has come. */
    private final DeletedKeys expired = new DeletedKeys();

    /** For each victim, how many of its current puts were met. */
    private final long[] met;

    private final RecordRun run = new RecordRun();
    private final RecordBuffer large = new RecordBuffer();

    VictimCopy(
            MergeContext context,
            List<Segment> victims,
            MergeOutput output,
            TombstoneRule tombstones,
            MergePace pace,
            BooleanSupplier stopped,
            long nowMillis) {
        this.context = context;
        this.victims = victims;
        this.output = output;
        this.tombstones = tombstones;
        this.pace = pace;
        this.stopped = stopped;
        this.nowMillis = nowMillis;
        this.met = new long[victims.size()];
    }

    /** Keys of which the puts were left out because their time has come: to be removed from the index. */
    DeletedKeys expired() {
        return expired;
    }

    /**
     * Copies the current records of all victims.
     *
     * @throws DamagedVictimException if one is damaged or cannot be read
     * @throws MergeStoppedException if the merge is to stop
     * @throws IOException if the copies cannot be written
     */
    void run() throws IOException {
        try {
            for (int i = 0; i < victims.size(); i++) {
                copy(i);
            }
        } catch (OutputException e) {
            throw e.cause;
        }
        writeTombstones();
    }

    private void copy(int i) throws IOException {
        Segment victim = victims.get(i);
        boolean ordered = victim.header().kind() == SegmentHeader.KIND_LOG;
        try (StoreFile file = context.files().directory().open(FileNames.segment(victim.number()))) {
            SegmentWindow window = new SegmentWindow(file);
            End end = SegmentScanner.scan(
                    window,
                    victim.salt(),
                    ordered,
                    ordered ? victim.base() : 0,
                    Integer.MAX_VALUE,
                    (source, header, offset, size) -> visit(i, source, header, offset, size));
            if (!end.sealed() || end.offset() != victim.end()) {
                throw new DamagedVictimException(victim, end.offset(), "damaged record");
            }
            visitRun(i, window);
        } catch (DamagedVictimException | MergeStoppedException | OutputException e) {
            throw e;
        } catch (IOException e) {
            throw new DamagedVictimException(victim, e);
        }
    }

    /** Tells a failure to write from one to read. */
    private static final class OutputException extends IOException {
        private static final long serialVersionUID = 1L;

        final IOException cause;

        OutputException(IOException cause) {
            super(cause);
            this.cause = cause;
        }
    }

    private void visit(int victim, SegmentWindow window, int header, int offset, long size) throws IOException {
        byte[] bytes = window.bytes();
        int kind = bytes[header + RecordLayout.KIND];
        int bucketId = LittleEndian.getInt(bytes, header + RecordLayout.BUCKET);
        BucketIndex bucket = context.catalog().find(bucketId);
        if (bucket != null && (kind == RecordLayout.KIND_PUT || kind == RecordLayout.KIND_TOMBSTONE)) {
            int flags = bytes[header + RecordLayout.FLAGS];
            boolean expires = (flags & RecordLayout.FLAG_EXPIRY) != 0;
            int body = header + RecordLayout.HEADER_SIZE;
            int keyLength = LittleEndian.getUnsignedShort(bytes, header + RecordLayout.KEY_LENGTH);
            run.add(new Met(
                    offset,
                    size,
                    kind == RecordLayout.KIND_TOMBSTONE,
                    bucketId,
                    bucket,
                    context.hash().hash(bytes, body + RecordLayout.expirySize(flags), keyLength),
                    LittleEndian.getLong(bytes, header + RecordLayout.SEQUENCE),
                    expires,
                    expires ? LittleEndian.getLong(bytes, body) : RecordBuffer.NO_EXPIRY));
            if (run.isFull()) {
                visitRun(victim, window);
            }
        }
        pace.spend(size, 0);
    }

    /** Copies those of the records gathered so far that are current. */
    private void visitRun(int victim, SegmentWindow window) throws IOException {
        if (stopped.getAsBoolean()) {
            throw new MergeStoppedException();
        }
        long before = output.bytes();
        int slot = victims.get(victim).slot();
        for (Met record : run.take()) {
            long found = record.bucket().index().get(record.key());
            if (record.tombstone()) {
                // Where the key is present, its put is the newest there is, and needs no tombstone in front of it.
                if (found == Location.NONE) {
                    candidate(record, victim);
                }
            } else if (found == Location.of(slot, record.offset(), SizeClass.of(record.size()), record.expires())) {
                met[victim]++;
                if (record.expires() && record.expiryMillis() <= nowMillis) {
                    add(expired, record, victim);
                    candidate(record, victim);
                } else {
                    copy(victim, window, record);
                }
            }
        }
        pace.spend(0, output.bytes() - before);
    }

    private void copy(int victim, SegmentWindow window, Met record) throws IOException {
        int size = (int) record.size();
        byte[] source;
        int index;
        if (window.holds(record.offset(), size)) {
            index = window.load(record.offset(), size);
            source = window.bytes();
        } else {
            // The window has gone on, or is too small: what is read a second time is checked a second time.
            read(victim, record.offset(), size, large);
            source = large.bytes();
            index = RecordBuffer.HEADER;
        }
        try {
            if (record.expiryMillis() == RecordBuffer.NO_EXPIRY) {
                output.put(source, index, size, record.key(), record.bucketId(), record.sequence());
            } else {
                output.putExpiring(
                        source, index, size, record.key(), record.bucketId(), record.sequence(), record.expiryMillis());
            }
        } catch (IOException e) {
            throw new OutputException(e);
        }
        large.trim();
    }

    private static void add(DeletedKeys keys, Met record, int victim) {
        keys.add(
                record.key().high(),
                record.key().low() & LOW_MASK,
                record.bucketId(),
                record.sequence(),
                victim,
                record.offset());
    }

    private void candidate(Met record, int victim) throws IOException {
        if (!tombstones.mayMatter(record.sequence())) {
            return;
        }
        add(candidates, record, victim);
        if (candidates.isFull()) {
            try {
                writeTombstones();
            } catch (DamagedVictimException | MergeStoppedException e) {
                throw e;
            } catch (IOException e) {
                throw new OutputException(e);
            }
        }
    }

    /** Reads a record once more, after the window of its segment has gone on. */
    private void read(int victim, int offset, long sizeBound, RecordBuffer record) throws DamagedVictimException {
        Segment segment = victims.get(victim);
        try {
            segment.read(offset, sizeBound, record);
        } catch (KVCorruptionException e) {
            throw new DamagedVictimException(segment, offset, "damaged record");
        } catch (KVException e) {
            throw new DamagedVictimException(segment, e);
        }
    }

    /** Writes those of the tombstones met so far that are needed. */
    private void writeTombstones() throws IOException {
        if (candidates.count() == 0) {
            return;
        }
        BitSet needed = tombstones.needed(candidates);
        RecordBuffer record = new RecordBuffer();
        for (int i = needed.nextSetBit(0); i >= 0; i = needed.nextSetBit(i + 1)) {
            read(candidates.victim(i), candidates.offset(i), Integer.MAX_VALUE, record);
            byte[] key = record.key();
            record.encode(RecordLayout.KIND_TOMBSTONE, key, NO_VALUE);
            output.tombstone(record, context.hash().hash(key), candidates.bucket(i), candidates.sequence(i));
        }
        candidates.clear();
    }

    /**
     * Every put that the index points at in a victim must have been met: one that was not would be lost. Puts only ever
     * cease to be current, so there may be fewer of them by now.
     */
    void requireAllMet() throws IOException {
        context.drops().lock();
        context.log().lock().lock();
        try {
            for (int i = 0; i < met.length; i++) {
                if (victims.get(i).livePuts() > met[i]) {
                    throw new DamagedVictimException(
                            victims.get(i),
                            SegmentHeader.SIZE,
                            "the index names " + victims.get(i).livePuts() + " records in it, of which only " + met[i]
                                    + " are there");
                }
            }
        } finally {
            context.log().lock().unlock();
            context.drops().unlock();
        }
    }
}
