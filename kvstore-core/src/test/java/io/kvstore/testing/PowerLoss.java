package io.kvstore.testing;

import io.kvstore.testing.SimulatedFile.Change;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/**
 * Makes disks that a crash could leave. Which one is decided by a seed alone: {@link #NOTHING} leaves what was synced
 * and no more; {@link #PROCESS_ONLY} all that was done, which the next power loss may still take; any other number
 * draws, by directory and by file, among these:
 *
 * <ul>
 *   <li>names: none of the changes since the last sync, all of them, the first few, the last one, or any subset; but no
 *       change is there without those before it that name the same file or the same name (a journal in order leaves the
 *       first few; one that logs a file with its names on a force of that file leaves others);
 *   <li>length: as it was after any change since the last force; where that is more than was written back, zeros;
 *   <li>pages of 4 KiB: each as it was after any of the writes to it, or torn, so that each 512 bytes are as after
 *       another one.
 * </ul>
 *
 * <p>A cut is in order with what is written after it: what lay beyond is gone before anything new is there.
 */
public final class PowerLoss {
    /** Leaves what was synced, and no more. */
    public static final long NOTHING = 0;

    /** The process dies, and the system does not: all that was done is there, and no more of it durable than was. */
    public static final long PROCESS_ONLY = 1;

    private enum Extent {
        NONE,
        ALL,
        FIRST,
        LAST,
        ANY,
        TORN
    }

    private final SimulatedDisk.Image image;
    private final long seed;
    private final Random random;
    private final Map<SimulatedFile, SimulatedFile> files = new IdentityHashMap<>();

    private PowerLoss(SimulatedDisk.Image image, long seed) {
        this.image = image;
        this.seed = seed;
        this.random = new Random(seed * 0x9E3779B97F4A7C15L);
    }

    /** The disk that is found after a power loss. */
    public static SimulatedDisk after(SimulatedDisk.Image image, long seed) {
        return new PowerLoss(image, seed).build();
    }

    private SimulatedDisk build() {
        SimulatedDisk disk = new SimulatedDisk();
        for (Map.Entry<Path, SimulatedDirectory.Image> entry :
                image.directories().entrySet()) {
            SimulatedDirectory directory = disk.directory(entry.getKey());
            if (seed == PROCESS_ONLY) {
                directory.restore(
                        copies(entry.getValue().durable()),
                        copies(entry.getValue().pending()));
            } else {
                directory.restore(copies(names(entry.getValue())), List.of());
            }
        }
        return disk;
    }

    private Map<String, SimulatedFile> copies(Map<String, SimulatedFile> names) {
        Map<String, SimulatedFile> copies = new TreeMap<>();
        new TreeMap<>(names).forEach((name, file) -> copies.put(name, copy(file)));
        return copies;
    }

    private List<SimulatedDirectory.Change> copies(List<SimulatedDirectory.Change> changes) {
        return changes.stream()
                .map(change -> new SimulatedDirectory.Change(change.removed(), change.added(), copy(change.file())))
                .toList();
    }

    /** One for each file, however many names it has. */
    private SimulatedFile copy(SimulatedFile file) {
        if (file == null) {
            return null;
        }
        SimulatedFile copy = files.get(file);
        if (copy == null) {
            copy = seed == PROCESS_ONLY ? new SimulatedFile(image.files().get(file)) : left(file);
            files.put(file, copy);
        }
        return copy;
    }

    private Extent extent() {
        if (seed == NOTHING) {
            return Extent.NONE;
        }
        return Extent.values()[random.nextInt(Extent.values().length)];
    }

    private Map<String, SimulatedFile> names(SimulatedDirectory.Image directory) {
        Map<String, SimulatedFile> names = new TreeMap<>(directory.durable());
        List<SimulatedDirectory.Change> pending = directory.pending();
        Extent extent = extent();
        int first = random.nextInt(pending.size() + 1);
        int chance = 1 + random.nextInt(9);
        List<SimulatedDirectory.Change> lost = new ArrayList<>();
        Set<SimulatedDirectory.Change> needed = extent == Extent.LAST ? last(pending) : Set.of();
        for (int i = 0; i < pending.size(); i++) {
            SimulatedDirectory.Change change = pending.get(i);
            boolean kept = switch (extent) {
                case NONE -> false;
                case ALL -> true;
                case FIRST -> i < first;
                case LAST -> needed.contains(change);
                default -> random.nextInt(10) < chance && lost.stream().noneMatch(change::follows);
            };
            if (kept) {
                change.apply(names);
            } else {
                lost.add(change);
            }
        }
        return names;
    }

    /** The last change, and those that it cannot be there without. */
    private static Set<SimulatedDirectory.Change> last(List<SimulatedDirectory.Change> pending) {
        Set<SimulatedDirectory.Change> needed = Collections.newSetFromMap(new IdentityHashMap<>());
        for (int i = pending.size() - 1; i >= 0; i--) {
            SimulatedDirectory.Change change = pending.get(i);
            if (needed.isEmpty() || needed.stream().anyMatch(later -> later.follows(change))) {
                needed.add(change);
            }
        }
        return needed;
    }

    private SimulatedFile left(SimulatedFile file) {
        SimulatedFile.Image from = image.files().get(file);
        List<Change> pending = from.pending();
        Extent extent = extent();
        int committed = committedLengths(pending, extent);
        // Behind the first cut that is not there nothing is there.
        int end = pending.size();
        int lengths = 0;
        int length = from.durable().length;
        int last = length;
        for (int i = 0; i < pending.size(); i++) {
            Change change = pending.get(i);
            if (!change.isWrite()) {
                if (lengths++ < committed) {
                    length = change.at();
                } else if (change.at() < last) {
                    end = i;
                    break;
                }
                last = change.at();
            }
        }
        byte[] bytes = new byte[length];
        int pages = Math.max(from.durable().length, largest(pending)) / SimulatedFile.PAGE + 1;
        Map<Integer, List<Integer>> writes = writes(pending, end);
        for (int page = 0; page < pages; page++) {
            fill(bytes, page, from, writes.getOrDefault(page, List.of()), committed, end, extent);
        }
        return new SimulatedFile(bytes);
    }

    private int committedLengths(List<Change> pending, Extent extent) {
        int all = (int) pending.stream().filter(change -> !change.isWrite()).count();
        return switch (extent) {
            case NONE -> 0;
            case ALL -> all;
            default -> random.nextInt(all + 1);
        };
    }

    private static int largest(List<Change> pending) {
        int largest = 0;
        for (Change change : pending) {
            largest = Math.max(largest, change.at() + (change.isWrite() ? change.bytes().length : 0));
        }
        return largest;
    }

    private static Map<Integer, List<Integer>> writes(List<Change> pending, int end) {
        Map<Integer, List<Integer>> writes = new HashMap<>();
        for (int i = 0; i < end; i++) {
            if (pending.get(i).isWrite()) {
                writes.computeIfAbsent(pending.get(i).page(), page -> new ArrayList<>())
                        .add(i);
            }
        }
        return writes;
    }

    /** Writes one page as it was after some of the writes to it. */
    private void fill(
            byte[] bytes,
            int page,
            SimulatedFile.Image from,
            List<Integer> writes,
            int committed,
            int end,
            Extent extent) {
        int start = page * SimulatedFile.PAGE;
        boolean torn = extent == Extent.TORN && random.nextInt(3) > 0;
        int unit = torn ? SimulatedFile.SECTOR : SimulatedFile.PAGE;
        for (int at = start; at < start + SimulatedFile.PAGE; at += unit) {
            int applied = switch (extent) {
                case NONE -> 0;
                case ALL -> writes.size();
                case FIRST -> random.nextBoolean() ? writes.size() : 0;
                default -> random.nextInt(writes.size() + 1);
            };
            byte[] content = new byte[SimulatedFile.PAGE];
            int known = Math.min(from.durable().length - start, SimulatedFile.PAGE);
            if (known > 0) {
                System.arraycopy(from.durable(), start, content, 0, known);
            }
            apply(content, start, from.pending(), applied, committed, end);
            int n = Math.min(unit, bytes.length - at);
            if (n > 0) {
                System.arraycopy(content, at - start, bytes, at, n);
            }
        }
    }

    /** Applies the first writes to a page, and the cuts that are there. */
    private static void apply(byte[] content, int start, List<Change> pending, int writes, int committed, int end) {
        int page = start / SimulatedFile.PAGE;
        int writesLeft = writes;
        int lengthsLeft = committed;
        for (int i = 0; i < end; i++) {
            Change change = pending.get(i);
            if (!change.isWrite()) {
                if (lengthsLeft-- > 0 && change.at() < start + SimulatedFile.PAGE) {
                    Arrays.fill(content, Math.max(0, change.at() - start), SimulatedFile.PAGE, (byte) 0);
                }
            } else if (change.page() == page && writesLeft-- > 0) {
                System.arraycopy(change.bytes(), 0, content, change.at() - start, change.bytes().length);
            }
        }
    }
}
