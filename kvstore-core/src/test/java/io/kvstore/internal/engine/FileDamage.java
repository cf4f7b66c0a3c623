package io.kvstore.internal.engine;

import io.kvstore.internal.format.FileNames;
import io.kvstore.internal.format.LittleEndian;
import io.kvstore.internal.format.RecordLayout;
import io.kvstore.internal.format.SegmentHeader;
import io.kvstore.testing.Stores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Makes all damages of one kind to the files of a directory. */
final class FileDamage {
    /** What is done to files. */
    enum Kind {
        SWAPPED,
        RENAMED,
        ZEROED,
        RECORDS_MOVED,
        RECORDS_OF_OTHERS,
        APPENDED,
        OLD_COPY,
        REPLACED,
        OF_ANOTHER_STORE
    }

    /** A change of some files of a copy of the directory. */
    record Damage(String what, Action action) {
        interface Action {
            void in(Path copy) throws IOException;
        }
    }

    private static final List<String> SMALL =
            List.of(FileNames.STORE, FileNames.CLEAN_MARK, FileNames.MANIFEST, FileNames.LOCK);

    private final Path home;
    private final RichStore store;
    private final RichStore other;
    private final byte[] garbage = new byte[5000];
    private final List<Damage> damages = new ArrayList<>();

    private FileDamage(Path home, RichStore store, RichStore other, Random random) {
        this.home = home;
        this.store = store;
        this.other = other;
        random.nextBytes(garbage);
    }

    /**
     * All damages of a kind.
     *
     * @param kind of damage
     * @param home directory of the store
     * @param store has copies of earlier moments
     * @param other has files of the same names
     * @param random makes garbage
     */
    static List<Damage> all(Kind kind, Path home, RichStore store, RichStore other, Random random) throws IOException {
        FileDamage made = new FileDamage(home, store, other, random);
        for (Path file : Stores.files(home)) {
            made.make(kind, file.getFileName().toString(), Files.readAllBytes(file));
        }
        if (kind == Kind.OLD_COPY) {
            made.putOldCopiesBack();
        }
        return made.damages;
    }

    private void make(Kind kind, String name, byte[] content) throws IOException {
        boolean segment = FileNames.segmentNumber(name).isPresent();
        switch (kind) {
            case SWAPPED -> swap(name);
            case RENAMED -> rename(name);
            case ZEROED -> zero(name, content);
            case RECORDS_MOVED -> {
                if (segment) {
                    moveRecords(name, content);
                }
            }
            case RECORDS_OF_OTHERS -> {
                if (segment) {
                    mixRecords(name, content);
                }
            }
            case APPENDED -> append(name, content);
            case OLD_COPY -> {
                // Not of each file that is there, but of each that was.
            }
            case REPLACED -> replace(name, content);
            case OF_ANOTHER_STORE -> {
                for (Path from : List.of(other.closed, other.killed)) {
                    if (Files.exists(from.resolve(name))) {
                        write("that of another store for", name, Files.readAllBytes(from.resolve(name)));
                    }
                }
            }
            default -> throw new AssertionError(kind);
        }
    }

    private void add(String what, Damage.Action action) {
        damages.add(new Damage(what, action));
    }

    private void write(String what, String name, byte[] content) {
        add(what + " " + name, copy -> Files.write(copy.resolve(name), content));
    }

    private static boolean isNumbered(String name) {
        return FileNames.segmentNumber(name).isPresent()
                || FileNames.hintNumber(name).isPresent();
    }

    private void swap(String name) throws IOException {
        if (!isNumbered(name)) {
            for (String small : SMALL) {
                write("the content of " + small + " in", name, Files.readAllBytes(store.closed.resolve(small)));
            }
            return;
        }
        List<String> like = Stores.files(home).stream()
                .map(file -> file.getFileName().toString())
                .filter(file -> file.endsWith(name.substring(name.lastIndexOf('.'))))
                .toList();
        String next = like.get((like.indexOf(name) + 1) % like.size());
        byte[] content = Files.readAllBytes(home.resolve(name));
        byte[] others = Files.readAllBytes(home.resolve(next));
        write("the content of " + next + " in", name, others);
        add("the contents exchanged of " + next + " and " + name, copy -> {
            Files.write(copy.resolve(name), others);
            Files.write(copy.resolve(next), content);
        });
    }

    private void rename(String name) {
        if (!isNumbered(name)) {
            return;
        }
        int number = Integer.parseInt(name.substring(0, 10));
        for (int to : new int[] {number - 1, number + 1, 1_000_000, Integer.MAX_VALUE}) {
            String target = "%010d%s".formatted(to, name.substring(name.lastIndexOf('.')));
            add(
                    name + " renamed to " + target,
                    copy -> Files.move(copy.resolve(name), copy.resolve(target), StandardCopyOption.REPLACE_EXISTING));
            add(
                    name + " copied to " + target,
                    copy -> Files.copy(copy.resolve(name), copy.resolve(target), StandardCopyOption.REPLACE_EXISTING));
        }
    }

    private void zero(String name, byte[] content) {
        // A segment here is little more than one sector: within it, a few records.
        boolean segment = FileNames.segmentNumber(name).isPresent();
        for (int size : segment ? new int[] {64, 512, 4096} : new int[] {512, 4096}) {
            for (int at = 0; at < content.length; at += size) {
                byte[] zeroed = content.clone();
                Arrays.fill(zeroed, at, Math.min(content.length, at + size), (byte) 0);
                write(size + " zeros at " + at + " of", name, zeroed);
            }
        }
    }

    /** Where the records of a segment begin, and where the last one ends. */
    private static List<Integer> records(byte[] segment) {
        List<Integer> offsets = new ArrayList<>();
        int offset = SegmentHeader.SIZE;
        while (offset + RecordLayout.HEADER_SIZE <= segment.length && segment[offset + RecordLayout.KIND] != 0) {
            offsets.add(offset);
            offset += (int) RecordLayout.size(
                    segment[offset + RecordLayout.FLAGS],
                    LittleEndian.getUnsignedShort(segment, offset + RecordLayout.KEY_LENGTH),
                    LittleEndian.getInt(segment, offset + RecordLayout.VALUE_LENGTH));
        }
        offsets.add(offset);
        return offsets;
    }

    private void moveRecords(String name, byte[] content) {
        List<Integer> offsets = records(content);
        for (int i = 0; i + 2 < offsets.size(); i++) {
            int from = offsets.get(i);
            int middle = offsets.get(i + 1);
            int to = offsets.get(i + 2);
            byte[] inserted = Arrays.copyOf(content, content.length + middle - from);
            System.arraycopy(content, from, inserted, middle, content.length - from);
            write("the record at " + from + " twice in", name, inserted);
            byte[] exchanged = content.clone();
            System.arraycopy(content, middle, exchanged, from, to - middle);
            System.arraycopy(content, from, exchanged, from + to - middle, middle - from);
            write("the records at " + from + " and " + middle + " exchanged in", name, exchanged);
            byte[] taken = content.clone();
            System.arraycopy(content, middle, taken, from, content.length - middle);
            write("the record at " + from + " taken out of", name, taken);
            for (int at : new int[] {offsets.get(0), offsets.get(offsets.size() - 2)}) {
                byte[] over = content.clone();
                System.arraycopy(content, from, over, at, Math.min(middle - from, over.length - at));
                write("the record at " + from + " over that at " + at + " of", name, over);
            }
        }
    }

    /** The records of other segments, at the places that they have there. */
    private void mixRecords(String name, byte[] content) throws IOException {
        for (Path segment : Stores.segments(home)) {
            byte[] from = Files.readAllBytes(segment);
            int records = records(from).get(records(from).size() - 1) - SegmentHeader.SIZE;
            if (!segment.endsWith(name) && records > 0) {
                byte[] mixed = Arrays.copyOf(content, Math.max(content.length, SegmentHeader.SIZE + records));
                System.arraycopy(from, SegmentHeader.SIZE, mixed, SegmentHeader.SIZE, records);
                write("the records of " + segment.getFileName() + " in", name, mixed);
            }
        }
    }

    private void append(String name, byte[] content) {
        for (int length : new int[] {1, 8, 511, 4096, garbage.length}) {
            byte[] longer = Arrays.copyOf(content, content.length + length);
            write(length + " zeros behind the end of", name, longer.clone());
            System.arraycopy(garbage, 0, longer, content.length, length);
            write(length + " bytes of garbage behind the end of", name, longer);
        }
        byte[] twice = Arrays.copyOf(content, 2 * content.length);
        System.arraycopy(content, 0, twice, content.length, content.length);
        write("its own content behind the end of", name, twice);
    }

    private void replace(String name, byte[] content) {
        write("nothing in", name, new byte[0]);
        write("garbage in", name, garbage);
        write("garbage of its length in", name, Arrays.copyOf(garbage, content.length));
        add("no " + name, copy -> Files.delete(copy.resolve(name)));
        add("a directory in place of " + name, copy -> {
            Files.delete(copy.resolve(name));
            Files.createDirectory(copy.resolve(name));
        });
        add("a directory with a file in place of " + name, copy -> {
            Files.delete(copy.resolve(name));
            Files.createDirectory(copy.resolve(name));
            Files.write(copy.resolve(name).resolve("file"), content);
        });
    }

    private void putOldCopiesBack() throws IOException {
        for (Path earlier : store.earlier) {
            for (Path file : Stores.files(earlier)) {
                String name = file.getFileName().toString();
                byte[] old = Files.readAllBytes(file);
                String from = "that of " + earlier.getFileName();
                write(from + " for", name, old);
                if (FileNames.segmentNumber(name).isPresent()) {
                    String hint = FileNames.hint(FileNames.segmentNumber(name).getAsInt());
                    add(from + ", and no hint, for " + name, copy -> {
                        Files.write(copy.resolve(name), old);
                        Files.deleteIfExists(copy.resolve(hint));
                    });
                }
            }
        }
    }
}
