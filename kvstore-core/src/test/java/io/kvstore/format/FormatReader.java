package io.kvstore.format;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * Reads a store as {@code docs/FORMAT.md} describes it, and knows nothing else: it shares no code with the store. Where
 * it cannot be written from that document, the document is wrong.
 */
final class FormatReader {
    private static final int HEADER = 64;
    private static final int RECORD_HEADER = 28;
    private static final int PUT = 1;
    private static final int TOMBSTONE = 2;
    private static final int BUCKET_MADE = 3;
    private static final int BUCKET_DROPPED = 4;
    private static final int SEAL = 5;
    private static final int EXPIRES = 1;
    private static final int BATCH_GOES_ON = 2;

    private final Path directory;
    private final long nowMillis;
    private final byte[] storeId = new byte[16];
    private long secret0;
    private long secret1;
    private int tail;
    private long tailSequence;
    private int highestBucket;

    /** Names of buckets by id; those that were dropped are gone. */
    private final Map<Integer, String> names = new TreeMap<>();

    private final Set<Integer> written = new HashSet<>();
    private final Map<Integer, Map<String, Entry>> entries = new TreeMap<>();

    private FormatReader(Path directory, long nowMillis) {
        this.directory = directory;
        this.nowMillis = nowMillis;
    }

    private record Listed(int number, int end, long base) {}

    /** A value as Latin-1 text, one character a byte; keys are kept so, too. */
    private record Entry(String value, long expiry) {}

    private record Rec(
            long sequence, int size, int bucket, int kind, int flags, byte[] key, byte[] value, long expiry) {}

    /** The buckets of a store that exist, the default one as "", each with its keys and values. */
    static Map<String, Map<String, String>> read(Path directory, long nowMillis) throws IOException {
        FormatReader reader = new FormatReader(directory, nowMillis);
        reader.readStoreFile();
        List<Listed> listed = reader.readManifest();
        for (Listed segment : listed) {
            if (segment.base() > reader.tailSequence) {
                throw new IllegalStateException("segment " + segment.number() + " is listed behind the tail");
            }
            reader.readListed(segment);
        }
        reader.readLog();
        return reader.result();
    }

    private static ByteBuffer file(Path path) throws IOException {
        return ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The first 64 bytes of a file, checked. */
    private static void requireBlock(ByteBuffer file, String magic) {
        byte[] start = new byte[8];
        file.get(0, start);
        require(new String(start, StandardCharsets.US_ASCII).equals(magic + "\0"), "magic " + magic);
        require(file.getInt(8) == 2, "format version 2");
        require(crc(file, 0, 60) == file.getInt(60), "checksum of " + magic);
    }

    private static int crc(ByteBuffer file, int from, int length) {
        CRC32C crc = new CRC32C();
        crc.update(file.array(), from, length);
        return (int) crc.getValue();
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new IllegalStateException("not as documented: " + what);
        }
    }

    private void readStoreFile() throws IOException {
        ByteBuffer file = file(directory.resolve("kvstore.store"));
        requireBlock(file, "KVSTORE");
        file.get(16, storeId);
        secret0 = file.getLong(32);
        secret1 = file.getLong(40);
    }

    private void requireStoreId(ByteBuffer file, int offset) {
        byte[] id = new byte[16];
        file.get(offset, id);
        require(new BigInteger(id).equals(new BigInteger(storeId)), "store id");
    }

    private List<Listed> readManifest() throws IOException {
        Path path = directory.resolve("kvstore.manifest");
        ByteBuffer file = file(path);
        requireBlock(file, "KVMANIF");
        requireStoreId(file, 16);
        tail = file.getInt(12);
        tailSequence = file.getLong(32);
        highestBucket = file.getInt(48);
        int length = file.getInt(52);
        require(length == file.capacity(), "length of the manifest");
        require(crc(file, 64, length - 68) == file.getInt(length - 4), "checksum of the manifest's lists");
        List<Listed> listed = new ArrayList<>();
        file.position(64);
        for (int i = file.getInt(40); i > 0; i--) {
            listed.add(new Listed(file.getInt(), file.getInt(), file.getLong()));
        }
        for (int i = file.getInt(44); i > 0; i--) {
            int id = file.getInt();
            if (file.get() == 1) {
                written.add(id);
            }
            byte[] name = new byte[file.get() & 0xFF];
            file.get(name);
            names.put(id, new String(name, StandardCharsets.UTF_8));
        }
        Map<Integer, Integer> kinds = new TreeMap<>();
        for (Listed segment : listed) {
            kinds.put(segment.number(), segment(segment.number()).getInt(12));
        }
        listed.sort(Comparator.comparingLong(Listed::base)
                .thenComparing(one -> kinds.get(one.number()) == 2 ? 0 : 1)
                .thenComparingInt(Listed::number));
        return listed;
    }

    private Path path(int number) {
        return directory.resolve(String.format("%010d.seg", number));
    }

    private ByteBuffer segment(int number) throws IOException {
        ByteBuffer file = file(path(number));
        requireBlock(file, "KVSEGMT");
        require(file.getLong(16) == number, "number of segment " + number);
        requireStoreId(file, 24);
        return file;
    }

    private long salt(ByteBuffer segment) {
        long z = secret0 + segment.getLong(40) + segment.getLong(16) * 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 33)) * 0xFF51AFD7ED558CCDL;
        z = (z ^ (z >>> 33)) * 0xC4CEB9FE1A85EC53L;
        z = z ^ (z >>> 33);
        return z ^ secret1;
    }

    /** The record at an offset, or null if none stands there that is intact. */
    private Rec record(ByteBuffer segment, int offset) {
        if (offset + RECORD_HEADER > segment.capacity()) {
            return null;
        }
        int keyLength = segment.getShort(offset + 20) & 0xFFFF;
        int valueLength = segment.getInt(offset + 12);
        int flags = segment.get(offset + 23);
        int expiryLength = (flags & EXPIRES) == 0 ? 0 : 8;
        long size = (RECORD_HEADER + expiryLength + keyLength + (long) valueLength + 7) / 8 * 8;
        if (valueLength < 0 || offset + size > segment.capacity()) {
            return null;
        }
        CRC32C crc = new CRC32C();
        crc.update(segment.array(), offset + RECORD_HEADER, (int) size - RECORD_HEADER);
        ByteBuffer token = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        token.putLong(0, salt(segment) + offset);
        crc.update(token.array());
        crc.update(segment.array(), offset, 24);
        if ((int) crc.getValue() != segment.getInt(offset + 24)) {
            return null;
        }
        int at = offset + RECORD_HEADER;
        long expiry = expiryLength == 0 ? Long.MAX_VALUE : segment.getLong(at);
        byte[] key = new byte[keyLength];
        byte[] value = new byte[valueLength];
        segment.get(at + expiryLength, key);
        segment.get(at + expiryLength + keyLength, value);
        return new Rec(
                segment.getLong(offset),
                (int) size,
                segment.getInt(offset + 16),
                segment.get(offset + 22),
                flags,
                key,
                value,
                expiry);
    }

    private void readListed(Listed listed) throws IOException {
        ByteBuffer segment = segment(listed.number());
        int offset = HEADER;
        while (offset < listed.end()) {
            Rec record = record(segment, offset);
            require(record != null, "a whole segment " + listed.number() + ", which ends at " + offset);
            boolean last = offset + record.size() == listed.end();
            require(last == (record.kind() == SEAL), "a seal at the end of segment " + listed.number());
            apply(record, true);
            offset += record.size();
        }
    }

    private void readLog() throws IOException {
        int number = tail;
        long sequence = tailSequence;
        boolean clean = Files.exists(directory.resolve("kvstore.clean"));
        while (number != 0) {
            ByteBuffer segment = segment(number);
            require(segment.getInt(12) == 1, "kind of log segment " + number);
            int next = 0;
            int offset = HEADER;
            List<Rec> batch = new ArrayList<>();
            int wholeUpTo = HEADER;
            long wholeSequence = sequence;
            for (Rec record = record(segment, offset); record != null; record = record(segment, offset)) {
                offset += record.size();
                if (record.kind() == SEAL) {
                    require(record.sequence() == sequence, "sequence number of a seal");
                    next = ByteBuffer.wrap(record.value())
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .getInt();
                    break;
                }
                if (record.sequence() != sequence + 1) {
                    offset -= record.size();
                    break;
                }
                sequence++;
                batch.add(record);
                if ((record.flags() & BATCH_GOES_ON) == 0) {
                    batch.forEach(one -> apply(one, false));
                    batch.clear();
                    wholeUpTo = offset;
                    wholeSequence = sequence;
                }
            }
            if (next == 0 && clean) {
                requireCleanMark(number, wholeUpTo, wholeSequence, segment.capacity());
            }
            number = next;
        }
    }

    private void requireCleanMark(int number, int end, long sequence, int length) throws IOException {
        ByteBuffer mark = file(directory.resolve("kvstore.clean"));
        requireBlock(mark, "KVCLEAN");
        requireStoreId(mark, 32);
        require(mark.getInt(12) == number, "segment in the clean mark");
        require(mark.getInt(16) == end && end == length, "end in the clean mark");
        require(mark.getLong(24) == sequence, "sequence number in the clean mark");
    }

    private void apply(Rec record, boolean listed) {
        int bucket = record.bucket();
        String key = new String(record.key(), StandardCharsets.ISO_8859_1);
        boolean olderThanTheManifest = listed && bucket <= highestBucket;
        switch (record.kind()) {
            case PUT -> {
                entries.computeIfAbsent(bucket, id -> new TreeMap<>())
                        .put(key, new Entry(new String(record.value(), StandardCharsets.ISO_8859_1), record.expiry()));
                if (names.containsKey(bucket)) {
                    written.add(bucket);
                }
            }
            case TOMBSTONE ->
                entries.computeIfAbsent(bucket, id -> new TreeMap<>()).remove(key);
            case BUCKET_MADE -> {
                if (!olderThanTheManifest) {
                    names.put(bucket, new String(record.key(), StandardCharsets.UTF_8));
                }
            }
            case BUCKET_DROPPED -> {
                if (!olderThanTheManifest) {
                    names.remove(bucket);
                    entries.remove(bucket);
                }
            }
            case SEAL -> {}
            default -> throw new IllegalStateException("not as documented: kind " + record.kind());
        }
    }

    private Map<String, Map<String, String>> result() {
        Map<String, Map<String, String>> result = new TreeMap<>();
        result.put("", values(0));
        names.forEach((id, name) -> {
            if (written.contains(id)) {
                result.put(name, values(id));
            }
        });
        return result;
    }

    private Map<String, String> values(int bucket) {
        Map<String, String> values = new TreeMap<>();
        entries.getOrDefault(bucket, Map.of()).forEach((key, entry) -> {
            if (entry.expiry() > nowMillis) {
                values.put(key, entry.value());
            }
        });
        return values;
    }
}
