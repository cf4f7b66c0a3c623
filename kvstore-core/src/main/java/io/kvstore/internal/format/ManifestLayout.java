package io.kvstore.internal.format;

import io.kvstore.KVCorruptionException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * The manifest: which segments count, and which buckets there are. Written anew by each merge, atomically; what the log
 * has gained since then is found by following its segments from {@code tail} on.
 *
 * <pre>
 *   0  u64  magic "KVMANIF\0"
 *   8  u32  format version
 *  12  u32  tail: number of the log segment that was active when the manifest was written
 *  16  u128 store id
 *  32  u64  sequence number of the last record before the tail
 *  40  u32  number of segments listed
 *  44  u32  number of buckets listed
 *  48  u32  the highest bucket id ever given out
 *  52  u32  length of the file
 *  56  u32  zero
 *  60  u32  CRC32C of bytes 0 to 59
 *  64       segments: u32 number, u32 end of its records, u64 base (see {@link ListedSegment})
 *           buckets: u32 id, u8 1 if it was ever written to, u8 length of the name, name
 *   -4 u32  CRC32C of bytes 64 to here
 * </pre>
 *
 * @param tail number of a log segment; it, and what follows it in the log, counts without being listed
 * @param tailBase sequence number of the last record before the tail
 * @param segments all others that count
 * @param lastBucketId the highest bucket id ever given out
 * @param buckets all that existed; records of other ids up to {@code lastBucketId} are garbage
 */
public record ManifestLayout(
        int tail, long tailBase, List<ListedSegment> segments, int lastBucketId, List<ListedBucket> buckets) {
    private static final long MAGIC = 0x0046494E414D564BL;
    private static final int TAIL = 12;
    private static final int STORE_ID = 16;
    private static final int TAIL_BASE = 32;
    private static final int SEGMENTS = 40;
    private static final int BUCKETS = 44;
    private static final int LAST_BUCKET = 48;
    private static final int LENGTH = 52;
    private static final int SEGMENT_SIZE = 16;
    private static final int BUCKET_SIZE = 6;

    /**
     * A segment that is complete.
     *
     * @param number of the segment
     * @param end where its records end, the seal included
     * @param base no record of a key that is in another segment, and older than one there with a sequence number up to
     *     this, is in this segment: of a log segment the sequence number before its first; of a merged one that before
     *     the log segment that was active when the merge began
     */
    public record ListedSegment(int number, int end, long base) {}

    /**
     * A named bucket.
     *
     * @param id as records carry it
     * @param name its name
     * @param written whether anything was ever written to it
     */
    public record ListedBucket(int id, String name, boolean written) {}

    /** The length of the part of fixed length. */
    public static final int HEAD_SIZE = FixedBlock.SIZE;

    /**
     * The manifest of a new store.
     *
     * @param firstSegment its only one
     * @return nothing listed
     */
    public static ManifestLayout initial(int firstSegment) {
        return new ManifestLayout(firstSegment, 0, List.of(), 0, List.of());
    }

    /**
     * The bytes of the file.
     *
     * @param storeId of the store
     * @return a new array
     */
    public byte[] encode(UUID storeId) {
        List<byte[]> names = new ArrayList<>();
        int size = FixedBlock.SIZE + SEGMENT_SIZE * segments.size() + 4;
        for (ListedBucket bucket : buckets) {
            byte[] name = BucketNames.encodeChecked(bucket.name);
            names.add(name);
            size += BUCKET_SIZE + name.length;
        }
        byte[] head = FixedBlock.start(MAGIC);
        LittleEndian.putInt(head, TAIL, tail);
        LittleEndian.putLong(head, STORE_ID, storeId.getMostSignificantBits());
        LittleEndian.putLong(head, STORE_ID + 8, storeId.getLeastSignificantBits());
        LittleEndian.putLong(head, TAIL_BASE, tailBase);
        LittleEndian.putInt(head, SEGMENTS, segments.size());
        LittleEndian.putInt(head, BUCKETS, buckets.size());
        LittleEndian.putInt(head, LAST_BUCKET, lastBucketId);
        LittleEndian.putInt(head, LENGTH, size);
        byte[] bytes = Arrays.copyOf(FixedBlock.seal(head), size);
        int position = FixedBlock.SIZE;
        for (ListedSegment segment : segments) {
            LittleEndian.putInt(bytes, position, segment.number);
            LittleEndian.putInt(bytes, position + 4, segment.end);
            LittleEndian.putLong(bytes, position + 8, segment.base);
            position += SEGMENT_SIZE;
        }
        for (int i = 0; i < names.size(); i++) {
            byte[] name = names.get(i);
            LittleEndian.putInt(bytes, position, buckets.get(i).id);
            bytes[position + 4] = (byte) (buckets.get(i).written ? 1 : 0);
            bytes[position + 5] = (byte) name.length;
            System.arraycopy(name, 0, bytes, position + BUCKET_SIZE, name.length);
            position += BUCKET_SIZE + name.length;
        }
        LittleEndian.putInt(bytes, position, checksum(bytes, position));
        return bytes;
    }

    /**
     * The length of the file, as its head says and as it is.
     *
     * @param file for messages
     * @param head its first bytes, {@link #HEAD_SIZE} if there are so many
     * @param fileLength how many there are in all
     * @return bytes
     * @throws KVCorruptionException if the head is damaged, or the file has another length
     */
    public static int length(String file, byte[] head, long fileLength) {
        if (!FixedBlock.hasMagic(head, head.length, MAGIC) || !FixedBlock.isIntact(head, head.length)) {
            throw damaged(file, 0, "checksum mismatch");
        }
        FormatVersion.require(file, LittleEndian.getInt(head, FixedBlock.VERSION));
        int length = LittleEndian.getInt(head, LENGTH);
        if (length != fileLength) {
            throw damaged(file, LENGTH, "a length of " + fileLength + " bytes instead of " + length);
        }
        return length;
    }

    /**
     * Reads the file.
     *
     * @param file for messages
     * @param bytes all of it
     * @param storeId of the store
     * @return what it says
     * @throws KVCorruptionException if it is damaged or of another store
     */
    public static ManifestLayout decode(String file, byte[] bytes, UUID storeId) {
        if (!FixedBlock.hasMagic(bytes, bytes.length, MAGIC) || !FixedBlock.isIntact(bytes, bytes.length)) {
            throw damaged(file, 0, "checksum mismatch");
        }
        FormatVersion.require(file, LittleEndian.getInt(bytes, FixedBlock.VERSION));
        if (LittleEndian.getLong(bytes, STORE_ID) != storeId.getMostSignificantBits()
                || LittleEndian.getLong(bytes, STORE_ID + 8) != storeId.getLeastSignificantBits()) {
            throw damaged(file, STORE_ID, "it belongs to another store");
        }
        int end = bytes.length - 4;
        if (LittleEndian.getInt(bytes, LENGTH) != bytes.length
                || end < FixedBlock.SIZE
                || LittleEndian.getInt(bytes, end) != checksum(bytes, end)) {
            throw damaged(file, FixedBlock.SIZE, "checksum mismatch");
        }
        ManifestLayout manifest = new ManifestLayout(
                LittleEndian.getInt(bytes, TAIL),
                LittleEndian.getLong(bytes, TAIL_BASE),
                segments(file, bytes, end),
                LittleEndian.getInt(bytes, LAST_BUCKET),
                buckets(file, bytes, end));
        String defect = manifest.defect();
        if (!defect.isEmpty()) {
            throw damaged(file, FixedBlock.SIZE, defect);
        }
        return manifest;
    }

    private static List<ListedSegment> segments(String file, byte[] bytes, int end) {
        int count = LittleEndian.getInt(bytes, SEGMENTS);
        if (count < 0 || count > (end - FixedBlock.SIZE) / SEGMENT_SIZE) {
            throw damaged(file, SEGMENTS, count + " segments, more than the file has room for");
        }
        List<ListedSegment> segments = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int position = FixedBlock.SIZE + i * SEGMENT_SIZE;
            segments.add(new ListedSegment(
                    LittleEndian.getInt(bytes, position),
                    LittleEndian.getInt(bytes, position + 4),
                    LittleEndian.getLong(bytes, position + 8)));
        }
        return List.copyOf(segments);
    }

    private static List<ListedBucket> buckets(String file, byte[] bytes, int end) {
        List<ListedBucket> buckets = new ArrayList<>();
        int position = FixedBlock.SIZE + LittleEndian.getInt(bytes, SEGMENTS) * SEGMENT_SIZE;
        for (int i = LittleEndian.getInt(bytes, BUCKETS); i != 0; i--) {
            int length = position + BUCKET_SIZE <= end ? bytes[position + 5] & 0xFF : 0;
            if (position + BUCKET_SIZE + length > end) {
                throw damaged(file, BUCKETS, "more buckets than the file has room for");
            }
            String name = BucketNames.decode(bytes, position + BUCKET_SIZE, length);
            if (name == null) {
                throw damaged(file, position, "a bucket name that is not 1 to 255 bytes of UTF-8");
            }
            buckets.add(new ListedBucket(LittleEndian.getInt(bytes, position), name, bytes[position + 4] != 0));
            position += BUCKET_SIZE + length;
        }
        if (position != end) {
            throw damaged(file, position, "more than the segments and buckets that it lists");
        }
        return List.copyOf(buckets);
    }

    /** What no version writes, though its checksum was right; empty if there is nothing. */
    private String defect() {
        Set<Integer> numbers = new HashSet<>(Set.of(tail));
        for (ListedSegment segment : segments) {
            if (segment.number < 1 || segment.end < FixedBlock.SIZE || segment.base < 0) {
                return "no segment can be " + segment;
            }
            if (!numbers.add(segment.number)) {
                return "segment " + segment.number + " is listed twice, or is the tail";
            }
        }
        Set<Integer> ids = new HashSet<>();
        for (ListedBucket bucket : buckets) {
            if (bucket.id < 1 || bucket.id > lastBucketId || !ids.add(bucket.id)) {
                return "a bucket of id " + bucket.id + " cannot be, or is listed twice";
            }
        }
        return tail < 1 || tailBase < 0 || lastBucketId < 0 ? "a tail, or a bucket id, that cannot be" : "";
    }

    private static int checksum(byte[] bytes, int end) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, FixedBlock.SIZE, end - FixedBlock.SIZE);
        return (int) crc.getValue();
    }

    private static KVCorruptionException damaged(String file, long offset, String what) {
        return new KVCorruptionException(
                file + ", offset " + offset + ": " + what + ": " + DamageRemedy.BACKUP_OR_REPAIR, null);
    }
}
