package io.kvstore.internal.engine;

import io.kvstore.KVDamage;
import io.kvstore.KVException;
import io.kvstore.KVVerifyProgress;
import io.kvstore.KVVerifyReport;
import io.kvstore.internal.file.StoreDirectory;
import io.kvstore.internal.file.StoreFile;
import io.kvstore.internal.format.FileNames;
import io.kvstore.internal.format.LittleEndian;
import io.kvstore.internal.format.RecordLayout;
import io.kvstore.internal.format.SegmentHeader;
import io.kvstore.internal.format.SizeClass;
import io.kvstore.internal.index.BucketIndex;
import io.kvstore.internal.index.Location;
import io.kvstore.internal.log.Log;
import io.kvstore.internal.log.Segment;
import io.kvstore.internal.log.SegmentFiles;
import io.kvstore.internal.merge.MergeContext;
import io.kvstore.internal.recovery.HintFile;
import io.kvstore.internal.recovery.SalvageScanner;
import io.kvstore.internal.recovery.SegmentReader;
import io.kvstore.internal.recovery.SegmentScanner;
import io.kvstore.internal.recovery.SegmentSummary;
import io.kvstore.internal.recovery.SegmentWindow;
import io.kvstore.internal.recovery.SortedEntries;
import io.kvstore.internal.recovery.SummaryBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Checks a store in use, as it is at one moment: reads every record of every segment, compares each hint file with its
 * segment, and the index with both: in each segment there must be as many current records as the index names. Merges go
 * on, and leave the files alone until the end. Takes 24 bytes a record of one segment.
 */
final class Verifier {
    private final Engine engine;
    private final MergeContext context;
    private final Log log;
    private final SegmentFiles files;
    private final Consumer<KVVerifyProgress> listener;
    private final SegmentReader reader;
    private final long startNanos = System.nanoTime();
    private final List<KVDamage> damage = new ArrayList<>();
    private int done;
    private int hints;
    private long records;
    private long verifiedBytes;

    Verifier(Engine engine, MergeContext context, Consumer<KVVerifyProgress> listener) {
        this.engine = engine;
        this.context = context;
        this.log = context.log();
        this.files = context.files();
        this.listener = listener;
        this.reader = new SegmentReader(context.hash());
    }

    /** A segment, and where its records ended. */
    private record Checked(Segment segment, int end, boolean sealed) {}

    KVVerifyReport run() throws IOException {
        List<Checked> all = new ArrayList<>();
        long sequence;
        SegmentFiles.Hold held;
        context.drops().lock();
        log.lock().lock();
        try {
            engine.requireOpen();
            sequence = log.tail().sequence();
            log.sealedSegments().forEach(segment -> all.add(new Checked(segment, segment.end(), true)));
            all.add(new Checked(log.tail().active(), log.tail().active().end(), false));
            held = files.hold(
                    all.stream().map(checked -> checked.segment().number()).toList());
        } finally {
            log.lock().unlock();
            context.drops().unlock();
        }
        try (held) {
            long bytes = all.stream().mapToLong(Checked::end).sum();
            checkHead();
            for (Checked checked : all) {
                check(checked, sequence);
                done++;
                verifiedBytes += checked.end();
                listener.accept(new KVVerifyProgress(all.size(), done, bytes, verifiedBytes, elapsed()));
                engine.requireOpenNow();
            }
            return new KVVerifyReport(damage, all.size(), records, hints, bytes, elapsed());
        }
    }

    private Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - startNanos);
    }

    private Path path(String name) {
        return files.directory().path().resolve(name);
    }

    private void add(String name, long offset, String what, byte @Nullable [] key) {
        damage.add(new KVDamage(path(name), offset, what, key));
    }

    /** The files that say what the directory is. */
    private void checkHead() {
        try {
            if (!StoreHome.readStoreFile(files.directory()).equals(files.store())) {
                add(FileNames.STORE, 0, "it is of another store than was opened", null);
            }
        } catch (IOException | KVException e) {
            add(FileNames.STORE, 0, String.valueOf(e.getMessage()), null);
        }
        try {
            context.manifest().read();
        } catch (IOException | KVException e) {
            add(FileNames.MANIFEST, 0, String.valueOf(e.getMessage()), null);
        }
    }

    private void check(Checked checked, long sequence) {
        Segment segment = checked.segment();
        String name = FileNames.segment(segment.number());
        int before = damage.size();
        Visitor visitor = new Visitor(segment, name);
        try (StoreFile file = files.directory().open(name)) {
            checkHeader(file, segment, name);
            long end = SalvageScanner.scan(new SegmentWindow(file), segment.salt(), checked.end(), visitor);
            if (end < checked.end() || (checked.sealed() && !visitor.sealed)) {
                add(name, end, "records are missing up to offset " + checked.end(), null);
            }
        } catch (IOException e) {
            add(name, 0, "cannot be read: " + e.getMessage(), null);
        }
        if (damage.size() > before) {
            // What the damage is of cannot be told apart from what a hint or the index has in excess.
            return;
        }
        checkIndex(checked, name, visitor.current, sequence);
        if (checked.sealed() && segment.isHinted()) {
            checkHint(segment, visitor.builder.build(checked.end(), visitor.next), visitor.builder.sort());
        }
    }

    private void checkHeader(StoreFile file, Segment segment, String name) throws IOException {
        byte[] header = new byte[SegmentHeader.SIZE];
        int length = file.read(0, header, 0, header.length);
        String defect;
        try {
            defect = SegmentHeader.defect(
                    name, header, length, segment.number(), files.store().storeId());
        } catch (KVException e) {
            defect = String.valueOf(e.getMessage());
        }
        if (defect.isEmpty() && !SegmentHeader.decode(header).equals(segment.header())) {
            defect = "another header than when the store was opened";
        }
        if (!defect.isEmpty()) {
            add(name, 0, defect, null);
        }
    }

    /**
     * Of a segment to which nothing is added any more, records only ever cease to be current: there cannot be more now
     * than were met.
     */
    private void checkIndex(Checked checked, String name, long met, long sequence) {
        long named;
        // No merge is between two swaps, and no drop half counted.
        context.drops().lock();
        log.lock().lock();
        try {
            if (!checked.sealed() && log.tail().sequence() != sequence) {
                // Records were added meanwhile.
                return;
            }
            named = checked.segment().livePuts();
        } finally {
            log.lock().unlock();
            context.drops().unlock();
        }
        if (named > met) {
            add(
                    name,
                    SegmentHeader.SIZE,
                    "the index names " + named + " records, of which " + met + " are there",
                    null);
        }
    }

    private void checkHint(Segment segment, SegmentSummary summary, SortedEntries entries) {
        String name = FileNames.hint(segment.number());
        StoreDirectory directory = files.directory();
        hints++;
        try {
            HintFile hint = HintFile.open(directory, files.store(), segment.header());
            if (hint == null || hint.summary().end() != segment.end()) {
                add(name, 0, "damaged, or not of its segment: it is made anew on the next open", null);
            } else if (!hint.matches(summary, entries)) {
                add(name, 0, "it says something else than its segment: delete it while the store is closed", null);
            }
        } catch (IOException e) {
            add(name, 0, "cannot be read: " + e.getMessage() + ": it is made anew on the next open", null);
        }
    }

    private final class Visitor implements SalvageScanner.Visitor {
        private final Segment segment;
        private final String name;
        private final SummaryBuilder builder;
        private long current;
        private boolean sealed;
        private int next;

        Visitor(Segment segment, String name) {
            this.segment = segment;
            this.name = name;
            boolean ofLog = segment.header().kind() == SegmentHeader.KIND_LOG;
            this.builder = new SummaryBuilder(segment.header(), ofLog ? segment.base() : 0);
        }

        @Override
        public void record(SegmentWindow window, int header, int offset, long size) throws IOException {
            byte[] bytes = window.bytes();
            int kind = bytes[header + RecordLayout.KIND];
            if (kind == RecordLayout.KIND_SEAL) {
                sealed = true;
                next = SegmentScanner.next(window, offset, size);
                return;
            }
            if (records++ % 1024 == 0) {
                engine.requireOpenNow();
            }
            reader.add(builder, bytes, header, offset, size);
            if (kind == RecordLayout.KIND_PUT && isCurrent(bytes, header, offset, size)) {
                current++;
            }
        }

        private boolean isCurrent(byte[] bytes, int header, int offset, long size) {
            int flags = bytes[header + RecordLayout.FLAGS];
            int key = header + RecordLayout.HEADER_SIZE + RecordLayout.expirySize(flags);
            int length = LittleEndian.getUnsignedShort(bytes, header + RecordLayout.KEY_LENGTH);
            BucketIndex bucket = context.catalog().find(LittleEndian.getInt(bytes, header + RecordLayout.BUCKET));
            boolean expires = (flags & RecordLayout.FLAG_EXPIRY) != 0;
            return bucket != null
                    && bucket.index().get(context.hash().hash(bytes, key, length))
                            == Location.of(segment.slot(), offset, SizeClass.of(size), expires);
        }

        @Override
        public void damage(int from, int to, byte @Nullable [] key) {
            add(name, from, "no intact record up to offset " + to, key);
        }
    }
}
