package io.kvstore.internal.recovery;

import io.kvstore.KVCorruptionException;
import io.kvstore.internal.event.StoreEvents;
import io.kvstore.internal.file.StoreDirectory;
import io.kvstore.internal.file.StoreFile;
import io.kvstore.internal.format.CleanMarkLayout;
import io.kvstore.internal.format.DamageRemedy;
import io.kvstore.internal.format.FileNames;
import io.kvstore.internal.format.ManifestLayout;
import io.kvstore.internal.format.ManifestLayout.ListedSegment;
import io.kvstore.internal.format.RecordLayout;
import io.kvstore.internal.format.SegmentHeader;
import io.kvstore.internal.format.StoreFileLayout;
import io.kvstore.internal.index.KeyHash;
import io.kvstore.internal.recovery.DamageSearch.Wanted;
import io.kvstore.internal.recovery.SegmentReader.Contents;
import io.kvstore.internal.recovery.SegmentReader.NonsenseException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the segments that count, in the order in which their records do, and the end of the log: first those that the
 * manifest lists, then the log from the manifest's tail on, from seal to seal. Takes a hint for what its segment says,
 * and reads the others. Changes nothing on disk, but makes what it reads of the log durable: the process that wrote it
 * may have died before it could.
 *
 * <p>The log ends at the first place where no intact record follows. That is the trace of a crash, unless something
 * says that the place was on stable storage before: a record written later, or the clean mark. Then it is damage. So is
 * anything that is missing in a listed segment: they were on stable storage before they were listed.
 */
final class LogScan {
    private static final Logger LOG = LoggerFactory.getLogger(LogScan.class);

    /** The most records that a segment can have. */
    private static final long MOST_RECORDS = RecordLayout.OFFSET_LIMIT / RecordLayout.LEAST_SIZE;

    private final StoreDirectory directory;
    private final StoreEvents events;
    private final StoreFileLayout store;
    private final SegmentReader reader;
    private final ManifestLayout manifest;
    private final @Nullable CleanMarkLayout mark;
    private final SourceSink sink;
    private final OpenProgress progress;

    private final Map<Integer, SegmentHeader> listedHeaders = new HashMap<>();
    private final List<SegmentSource> sources = new ArrayList<>();
    private final Set<Integer> present = new HashSet<>();
    private final Set<Integer> hints = new HashSet<>();
    private @Nullable SegmentWindow window;
    private long sequence;
    private int highest;
    private boolean discarded;

    LogScan(
            StoreDirectory directory,
            StoreFileLayout store,
            ManifestLayout manifest,
            @Nullable CleanMarkLayout mark,
            SourceSink sink,
            OpenProgress progress) {
        this.directory = directory;
        this.events = StoreEvents.of(directory.path());
        this.store = store;
        this.reader = new SegmentReader(new KeyHash(store.secret0(), store.secret1()));
        this.manifest = manifest;
        this.mark = mark;
        this.sink = sink;
        this.progress = progress;
    }

    /** Takes the segments, in the order in which their records count. */
    interface SourceSink {
        void add(SegmentSource source);

        /** The next one takes a while, since it is read whole. */
        void nextIsRead();
    }

    /**
     * What the scan found.
     *
     * @param segments that count, in their order
     * @param active number of the segment in which the log goes on: the last of {@code segments}, or one that has to be
     *     made anew
     * @param sequence the last sequence number
     * @param highest number of any segment of this store, whether it counts or not; a file of another content does not
     *     have its number from this store, and says nothing
     * @param surplus numbers of segment files that do not count
     * @param hints numbers of all hint files
     * @param discarded whether bytes other than zeros lie beyond the end of the log
     */
    record Result(
            List<SegmentSource> segments,
            int active,
            int highest,
            long sequence,
            Set<Integer> surplus,
            Set<Integer> hints,
            boolean discarded) {}

    Result run() throws IOException {
        for (String name : directory.list()) {
            FileNames.segmentNumber(name).ifPresent(present::add);
            FileNames.hintNumber(name).ifPresent(hints::add);
        }
        progress.begin(present.size());
        for (ListedSegment listed : listedInOrder()) {
            add(listedSource(listed));
        }
        int active = followLog();
        Set<Integer> surplus = new HashSet<>(present);
        sources.forEach(source -> surplus.remove(source.number()));
        return new Result(sources, active, Math.max(active, highest), sequence, surplus, hints, discarded);
    }

    private void add(SegmentSource source) {
        sources.add(source);
        highest = Math.max(highest, source.number());
        sink.add(source);
        progress.segment(source.isHinted());
    }

    /** As {@link io.kvstore.internal.log.SegmentState#ORDER} says. */
    private List<ListedSegment> listedInOrder() throws IOException {
        for (ListedSegment listed : manifest.segments()) {
            SegmentHeader header = readHeader(listed.number());
            if (header == null) {
                throw damaged(listed.number(), 0, "the segment header is cut off");
            }
            listedHeaders.put(listed.number(), header);
        }
        List<ListedSegment> ordered = new ArrayList<>(manifest.segments());
        ordered.sort(Comparator.comparingLong(ListedSegment::base)
                .thenComparing(listed -> listedHeader(listed).kind() == SegmentHeader.KIND_LOG)
                .thenComparingInt(ListedSegment::number));
        return ordered;
    }

    private SegmentHeader listedHeader(ListedSegment listed) {
        SegmentHeader header = listedHeaders.get(listed.number());
        if (header == null) {
            throw new IllegalStateException("no header of segment " + listed.number());
        }
        return header;
    }

    private SegmentSource listedSource(ListedSegment listed) throws IOException {
        SegmentHeader header = listedHeader(listed);
        try (StoreFile file = directory.open(FileNames.segment(listed.number()))) {
            HintFile hint = hint(file, header);
            if (hint != null && hint.summary().end() == listed.end()) {
                return source(hint.summary(), listed.base(), true, file.length(), hint, null);
            }
            Contents contents = read(file, header, listed.base());
            requireWhole(contents, listed.number(), listed.end());
            return source(contents.summary(), listed.base(), true, file.length(), null, contents.entries());
        }
    }

    private SegmentSource source(
            SegmentSummary summary,
            long base,
            boolean sealed,
            long fileLength,
            @Nullable HintFile hint,
            @Nullable SortedEntries entries) {
        return new SegmentSource(summary, base, sealed, fileLength, hint, entries, this::reread);
    }

    private void requireWhole(Contents contents, int number, int end) {
        int found = contents.end().offset();
        if (!contents.end().sealed() || found != end) {
            throw damaged(number, found, "damaged record in a segment that was complete, and ended at offset " + end);
        }
    }

    /** Reads a segment whose hint turned out to be damaged; called by a thread that loads the index. */
    private SortedEntries reread(SegmentSource source) throws IOException {
        events.hintRejected(source.number(), "a part of it is damaged");
        try (StoreFile file = directory.open(FileNames.segment(source.number()))) {
            Contents contents = read(new SegmentWindow(file), source.header(), source.base());
            requireWhole(contents, source.number(), source.end());
            return contents.entries();
        }
    }

    /** Follows the log from the tail on; returns the number of the segment in which it goes on. */
    private int followLog() throws IOException {
        int number = manifest.tail();
        sequence = manifest.tailBase();
        for (; ; ) {
            if (!present.contains(number)) {
                throw damaged(number, 0, "the segment is missing");
            }
            SegmentHeader header = readHeader(number);
            if (header == null) {
                requireTornTail(number, null);
                return number;
            }
            SegmentSource source = logSource(number, header);
            add(source);
            sequence = source.summary().lastSequence();
            if (!source.isSealed()) {
                requireTornTail(number, source);
                return number;
            }
            number = source.summary().next();
        }
    }

    private SegmentSource logSource(int number, SegmentHeader header) throws IOException {
        if (header.kind() != SegmentHeader.KIND_LOG) {
            throw damaged(number, 0, "the log goes on in a segment that is not of the log");
        }
        try (StoreFile file = directory.open(FileNames.segment(number))) {
            HintFile hint = hint(file, header);
            if (hint != null
                    && hint.summary().base() == sequence
                    && hint.summary().next() > number) {
                return source(hint.summary(), sequence, true, file.length(), hint, null);
            }
            Contents contents = read(file, header, sequence);
            boolean sealed = contents.end().sealed();
            if (sealed && contents.end().next() <= number) {
                throw damaged(
                        number,
                        contents.end().offset(),
                        "the seal names segment " + contents.end().next() + " as the next");
            }
            if (mark == null) {
                file.force();
            }
            return source(contents.summary(), sequence, sealed, file.length(), null, contents.entries());
        }
    }

    /** The hint of a segment, if there is a good one, and the segment is complete as the hint says. */
    private @Nullable HintFile hint(StoreFile file, SegmentHeader header) {
        if (!hints.contains(header.number())) {
            return null;
        }
        try {
            HintFile hint = HintFile.open(directory, store, header);
            if (hint != null && hasSeal(file, header, hint.summary())) {
                return hint;
            }
            rejected(header.number(), "it does not fit its segment");
        } catch (IOException e) {
            rejected(header.number(), String.valueOf(e.getMessage()));
        }
        return null;
    }

    private void rejected(int number, String reason) {
        LOG.warn("store {}: {}: {}; the segment is read instead", directory.path(), FileNames.hint(number), reason);
        events.hintRejected(number, reason);
    }

    /** Whether a segment ends with its seal where a hint says so: then the hint was made of these very bytes. */
    private boolean hasSeal(StoreFile file, SegmentHeader header, SegmentSummary summary) throws IOException {
        long offset = (long) summary.end() - RecordLayout.SEAL_SIZE;
        SegmentWindow seal = window(file);
        if (offset < SegmentHeader.SIZE || seal.fileLength() < summary.end()) {
            return false;
        }
        int index = seal.load(offset, RecordLayout.SEAL_SIZE);
        return seal.bytes()[index + RecordLayout.KIND] == RecordLayout.KIND_SEAL
                && seal.isIntact(offset, RecordLayout.SEAL_SIZE, RecordLayout.token(salt(header), (int) offset));
    }

    private Contents read(StoreFile file, SegmentHeader header, long base) throws IOException {
        sink.nextIsRead();
        return read(window(file), header, base);
    }

    private Contents read(SegmentWindow on, SegmentHeader header, long base) throws IOException {
        try {
            return reader.read(on, header, salt(header), base);
        } catch (NonsenseException e) {
            throw damaged(header.number(), e.offset, String.valueOf(e.getMessage()));
        }
    }

    private SegmentWindow window(StoreFile file) throws IOException {
        SegmentWindow used = window;
        if (used == null) {
            used = new SegmentWindow(file);
            window = used;
        } else {
            used.moveTo(file);
        }
        return used;
    }

    /**
     * The header of a segment; null for one that was cut off in front of its first record. The header was on stable
     * storage before the segment got records, so any other defect is damage.
     */
    private @Nullable SegmentHeader readHeader(int number) throws IOException {
        if (!present.contains(number)) {
            throw damaged(number, 0, "the segment is missing");
        }
        try (StoreFile file = directory.open(FileNames.segment(number))) {
            byte[] header = new byte[SegmentHeader.SIZE];
            int length = file.read(0, header, 0, header.length);
            String defect = SegmentHeader.defect(path(number), header, length, number, store.storeId());
            if (defect.isEmpty()) {
                return SegmentHeader.decode(header);
            }
            if (mark != null || length == SegmentHeader.SIZE) {
                throw damaged(number, 0, defect);
            }
            return null;
        }
    }

    /**
     * Makes sure that what is missing at the end of the log was not on stable storage, and finds out whether anything
     * but zeros lies beyond it.
     *
     * @param last the segment in which the log ends; null if it was cut off in front of its first record
     */
    private void requireTornTail(int number, @Nullable SegmentSource last) throws IOException {
        int offset = last == null ? 0 : last.end();
        try (StoreFile file = directory.open(FileNames.segment(number))) {
            SegmentWindow tail = window(file);
            requireMark(tail, number, offset);
            discarded = !tail.isZeroFrom(offset);
            if (discarded && last != null) {
                requireNoProof(tail, number, offset, last.header(), offset, offset + RecordLayout.ALIGNMENT);
            }
        }
        for (int later : present) {
            if (later > number && !listedHeaders.containsKey(later)) {
                searchLater(number, offset, later);
            }
        }
    }

    /** Searches a segment that was made after the last one that counts. */
    private void searchLater(int number, int offset, int later) throws IOException {
        try (StoreFile file = directory.open(FileNames.segment(later))) {
            SegmentWindow on = window(file);
            int length = (int) Math.min(on.fileLength(), SegmentHeader.SIZE);
            byte[] block = new byte[SegmentHeader.SIZE];
            System.arraycopy(on.bytes(), on.load(0, length), block, 0, length);
            if (!SegmentHeader.defect(path(later), block, length, later, store.storeId())
                    .isEmpty()) {
                // What a merge was writing, or a segment that never got a record.
                return;
            }
            SegmentHeader header = SegmentHeader.decode(block);
            highest = Math.max(highest, later);
            if (header.kind() == SegmentHeader.KIND_LOG) {
                discarded |= !on.isZeroFrom(SegmentHeader.SIZE);
                requireNoProof(on, number, offset, header, SegmentHeader.SIZE, SegmentHeader.SIZE);
            }
        }
    }

    /** Nothing in a segment may say that the end of the log, at an offset of segment {@code number}, is no end. */
    private void requireNoProof(
            SegmentWindow on, int number, int offset, SegmentHeader searched, long from, int leastSynced)
            throws IOException {
        // No more records than that can have been written after the last good one.
        long most = sequence + Math.min(Long.MAX_VALUE - sequence, (searched.number() - number + 1L) * MOST_RECORDS);
        OptionalLong proof =
                new DamageSearch(on, salt(searched)).findRecord(from, new Wanted(leastSynced, sequence, most));
        if (proof.isPresent()) {
            throw damaged(
                    number,
                    offset,
                    "damaged record, which was on stable storage when the record at offset " + proof.getAsLong()
                            + " of " + FileNames.segment(searched.number()) + " was written");
        }
    }

    private void requireMark(SegmentWindow on, int number, int offset) {
        if (mark == null) {
            return;
        }
        String found = "the log ends at offset " + offset + " of segment " + number + " with record " + sequence
                + ", but the store was closed cleanly with its end at offset " + mark.end() + " of segment "
                + mark.segment() + " with record " + mark.sequence();
        if (mark.segment() != number || mark.end() != offset || mark.sequence() != sequence) {
            throw damaged(number, offset, found);
        }
        if (on.fileLength() > offset) {
            throw damaged(number, offset, "the file goes on behind the end of the log; " + found);
        }
    }

    private long salt(SegmentHeader header) {
        return RecordLayout.salt(store.secret0(), store.secret1(), header.number(), header.nonce());
    }

    private String path(int number) {
        return directory.path().resolve(FileNames.segment(number)).toString();
    }

    KVCorruptionException damaged(int number, long offset, String what) {
        return new KVCorruptionException(
                "segment " + number + " (" + path(number) + "), offset " + offset + ": " + what + ": "
                        + DamageRemedy.BACKUP_OR_REPAIR,
                null);
    }
}
