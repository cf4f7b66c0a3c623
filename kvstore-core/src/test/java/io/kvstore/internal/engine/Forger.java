package io.kvstore.internal.engine;

import io.kvstore.internal.format.FileNames;
import io.kvstore.internal.format.HintLayout;
import io.kvstore.internal.format.KeyFilter;
import io.kvstore.internal.format.LittleEndian;
import io.kvstore.internal.format.RecordLayout;
import io.kvstore.internal.format.SegmentHeader;
import io.kvstore.internal.format.StoreFileLayout;
import io.kvstore.testing.Stores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;

/**
 * Changes fields of the files of a store and gives them the checksums that belong to the changed bytes, so that what is
 * behind the checksums is put to the test. What is changed is decided by a random generator alone.
 */
final class Forger {
    /** What is changed. */
    enum Target {
        RECORD,
        SEGMENT_HEADER,
        STORE_FILE,
        CLEAN_MARK,
        MANIFEST_HEAD,
        MANIFEST_LISTS,
        HINT_HEAD,
        HINT_DESCRIPTION,
        HINT_FILTER,
        HINT_BLOCK
    }

    private static final int BLOCK = 64;
    private static final int MANIFEST_LENGTH = 52;

    private final Path home;
    private final Random random;
    private final StoreFileLayout store;

    /** Of the store in a directory, whose files are left alone. */
    Forger(Path home, Random random) throws IOException {
        this.home = home;
        this.random = random;
        byte[] bytes = Files.readAllBytes(home.resolve(FileNames.STORE));
        this.store = StoreFileLayout.decode(FileNames.STORE, bytes, bytes.length);
    }

    /**
     * A file with other content.
     *
     * @param what was changed
     * @param name of the file
     * @param content that it gets
     */
    record Forgery(String what, String name, byte[] content) {}

    /**
     * Changes one thing, or a few of the same kind; but one of a hint's blocks: one that is found out while others
     * already believe in another is not used any more, and not checked.
     */
    Forgery forge(Target target) throws IOException {
        String name = switch (target) {
            case RECORD, SEGMENT_HEADER -> any(".seg");
            case STORE_FILE -> FileNames.STORE;
            case CLEAN_MARK -> FileNames.CLEAN_MARK;
            case MANIFEST_HEAD, MANIFEST_LISTS -> FileNames.MANIFEST;
            default -> any(".hint");
        };
        byte[] bytes = Files.readAllBytes(home.resolve(name));
        StringBuilder what = new StringBuilder(target + " of " + name);
        byte[] forged = bytes;
        for (int i = target != Target.HINT_BLOCK && random.nextInt(4) == 0 ? 3 : 1; i > 0; i--) {
            forged = change(target, forged, what);
        }
        return new Forgery(what.toString(), name, forged);
    }

    private String any(String suffix) throws IOException {
        List<String> names = Stores.files(home).stream()
                .filter(file ->
                        file.toString().endsWith(suffix) && file.toFile().length() > BLOCK)
                .map(file -> file.getFileName().toString())
                .toList();
        return names.get(random.nextInt(names.size()));
    }

    private byte[] change(Target target, byte[] bytes, StringBuilder what) {
        return switch (target) {
            case RECORD -> record(bytes, what);
            case SEGMENT_HEADER -> headOf(bytes, what, 4, 8, 12, 16, 20, 40, 44);
            case STORE_FILE -> headOf(bytes, what, 8, 16, 28, 32, 44, 48);
            case CLEAN_MARK -> headOf(bytes, what, 8, 12, 16, 24, 28, 32);
            case MANIFEST_HEAD -> headOf(bytes, what, 8, 12, 16, 32, 36, 40, 44, 48, MANIFEST_LENGTH);
            case MANIFEST_LISTS -> manifestLists(bytes, what);
            case HINT_HEAD -> headOf(bytes, what, 8, 12, 16, 32, 36, 40, 44, 48);
            case HINT_DESCRIPTION -> hintDescription(bytes, what);
            case HINT_FILTER -> hintFilter(bytes, what);
            case HINT_BLOCK -> hintBlock(bytes, what);
        };
    }

    /** A value near to what is there, or far from it. */
    private int other(int present) {
        return switch (random.nextInt(12)) {
            case 0 -> 0;
            case 1 -> -1;
            case 2 -> Integer.MAX_VALUE;
            case 3 -> Integer.MIN_VALUE;
            case 4 -> present + 1;
            case 5 -> present - 1;
            case 6 -> present + 8;
            case 7 -> present - 8;
            case 8 -> present ^ 1 << random.nextInt(32);
            case 9 -> random.nextInt(100);
            case 10 -> present * 2;
            default -> random.nextInt();
        };
    }

    private void otherInt(byte[] bytes, int at, StringBuilder what) {
        int present = LittleEndian.getInt(bytes, at);
        int value = other(present);
        what.append("; the number at ")
                .append(at)
                .append(": ")
                .append(value)
                .append(" for ")
                .append(present);
        LittleEndian.putInt(bytes, at, value);
    }

    private static int crc(byte[] bytes, int from, int to) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, to - from);
        return (int) crc.getValue();
    }

    private static byte[] sealed(byte[] bytes) {
        LittleEndian.putInt(bytes, BLOCK - 4, crc(bytes, 0, BLOCK - 4));
        return bytes;
    }

    private byte[] headOf(byte[] bytes, StringBuilder what, int... fields) {
        byte[] forged = bytes.clone();
        otherInt(forged, fields[random.nextInt(fields.length)], what);
        return sealed(forged);
    }

    private byte[] record(byte[] segment, StringBuilder what) {
        byte[] forged = segment.clone();
        SegmentHeader header = SegmentHeader.decode(segment);
        List<Integer> offsets = new ArrayList<>();
        for (int at = SegmentHeader.SIZE; isRecord(segment, at); at += (int) size(segment, at)) {
            offsets.add(at);
        }
        if (offsets.isEmpty()) {
            // What was changed before is the length of the first one.
            return forged;
        }
        int at = offsets.get(random.nextInt(3) == 0 ? offsets.size() - 1 : random.nextInt(offsets.size()));
        switch (random.nextInt(9)) {
            case 0 -> otherInt(forged, at + RecordLayout.SEQUENCE + 4 * random.nextInt(2), what);
            case 1 -> otherInt(forged, at + RecordLayout.SYNCED, what);
            case 2 -> otherInt(forged, at + RecordLayout.VALUE_LENGTH, what);
            case 3 -> otherInt(forged, at + RecordLayout.BUCKET, what);
            case 4 -> {
                int length = other(LittleEndian.getUnsignedShort(forged, at + RecordLayout.KEY_LENGTH)) & 0xFFFF;
                what.append("; length of the key ").append(length);
                forged[at + RecordLayout.KEY_LENGTH] = (byte) length;
                forged[at + RecordLayout.KEY_LENGTH + 1] = (byte) (length >> 8);
            }
            case 5, 6 -> {
                forged[at + RecordLayout.KIND] = (byte) (random.nextInt(8) - 1);
                what.append("; kind ").append(forged[at + RecordLayout.KIND]);
            }
            case 7 -> {
                forged[at + RecordLayout.FLAGS] = (byte) random.nextInt(random.nextBoolean() ? 4 : 256);
                what.append("; flags ").append(forged[at + RecordLayout.FLAGS]);
            }
            default -> otherInt(forged, at + RecordLayout.HEADER_SIZE, what);
        }
        what.append(", in the record at ").append(at);
        long size = size(forged, at);
        if (at + size <= forged.length) {
            CRC32C crc = new CRC32C();
            crc.update(forged, at + RecordLayout.HEADER_SIZE, (int) size - RecordLayout.HEADER_SIZE);
            byte[] token = new byte[8];
            LittleEndian.putLong(
                    token,
                    0,
                    RecordLayout.token(
                            RecordLayout.salt(store.secret0(), store.secret1(), header.number(), header.nonce()), at));
            crc.update(token, 0, token.length);
            crc.update(forged, at, RecordLayout.CHECKSUM);
            LittleEndian.putInt(forged, at + RecordLayout.CHECKSUM, (int) crc.getValue());
        }
        return forged;
    }

    private static boolean isRecord(byte[] segment, int at) {
        return at + RecordLayout.HEADER_SIZE <= segment.length
                && RecordLayout.isKind(segment[at + RecordLayout.KIND])
                && at + size(segment, at) <= segment.length;
    }

    private static long size(byte[] segment, int at) {
        return RecordLayout.size(
                segment[at + RecordLayout.FLAGS],
                LittleEndian.getUnsignedShort(segment, at + RecordLayout.KEY_LENGTH),
                Integer.toUnsignedLong(LittleEndian.getInt(segment, at + RecordLayout.VALUE_LENGTH)));
    }

    private byte[] manifestLists(byte[] manifest, StringBuilder what) {
        byte[] forged = manifest.clone();
        int lists = manifest.length - BLOCK - 4;
        if (lists > 0 && random.nextInt(4) > 0) {
            int at = BLOCK + random.nextInt(Math.max(1, lists / 4)) * 4;
            otherInt(forged, Math.min(at, BLOCK + Math.max(0, lists - 4)), what);
        } else {
            // Longer or shorter, and everything about it right but what it says.
            int length = Math.max(BLOCK + 4, manifest.length + random.nextInt(64) - 32);
            what.append("; length ").append(length);
            forged = Arrays.copyOf(forged, length);
            LittleEndian.putInt(forged, MANIFEST_LENGTH, length);
        }
        LittleEndian.putInt(forged, forged.length - 4, crc(forged, BLOCK, forged.length - 4));
        return sealed(forged);
    }

    private byte[] hintDescription(byte[] hint, StringBuilder what) {
        byte[] forged = hint.clone();
        HintLayout.Head head = HintLayout.decode(hint);
        int at = HintLayout.HEAD_SIZE + random.nextInt(head.descriptionLength() - 4);
        // Its number of buckets, and what comes then, is less than the rest.
        otherInt(forged, random.nextBoolean() ? at : HintLayout.HEAD_SIZE + 8 + 6 * 8 + 16 * 8, what);
        LittleEndian.putInt(
                forged, BLOCK - 12, crc(forged, HintLayout.HEAD_SIZE, HintLayout.HEAD_SIZE + head.descriptionLength()));
        return sealed(forged);
    }

    private byte[] hintFilter(byte[] hint, StringBuilder what) {
        byte[] forged = hint.clone();
        HintLayout.Head head = HintLayout.decode(hint);
        int from = (int) head.filterOffset();
        int length = 8 * KeyFilter.words(head.entries());
        otherInt(forged, from + random.nextInt(length / 4) * 4, what);
        LittleEndian.putInt(forged, BLOCK - 8, crc(forged, from, from + length));
        return sealed(forged);
    }

    private byte[] hintBlock(byte[] hint, StringBuilder what) {
        byte[] forged = hint.clone();
        HintLayout.Head head = HintLayout.decode(hint);
        if (head.blocks() == 0) {
            return headOf(hint, what, 48);
        }
        int block = (int) head.blocksOffset() + random.nextInt(head.blocks()) * HintLayout.BLOCK_SIZE;
        int entries = Math.min(HintLayout.BLOCK_ENTRIES, head.entries());
        int entry = HintLayout.BLOCK_HEAD + random.nextInt(entries) * HintLayout.ENTRY_SIZE;
        otherInt(forged, block + entry + 4 * random.nextInt(HintLayout.ENTRY_SIZE / 4), what);
        LittleEndian.putInt(forged, block, HintLayout.blockChecksum(forged, block));
        return forged;
    }
}
