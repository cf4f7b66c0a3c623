package io.kvstore.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvstore.Durability;
import io.kvstore.KVBackupOptions;
import io.kvstore.KVOptions;
import io.kvstore.internal.engine.History.State;
import io.kvstore.internal.engine.Survivor.Moment;
import io.kvstore.internal.format.FileNames;
import io.kvstore.internal.format.RecordLayout;
import io.kvstore.internal.format.SegmentHeader;
import io.kvstore.testing.Bytes;
import io.kvstore.testing.Crew;
import io.kvstore.testing.FaultyDirectory;
import io.kvstore.testing.FaultyDirectory.Operation;
import io.kvstore.testing.PowerLoss;
import io.kvstore.testing.Seeds;
import io.kvstore.testing.SimulatedDisk;
import io.kvstore.testing.Stores;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Loses the power in front of every file operation of a {@link Workload}, and looks at several of the disks that each
 * could leave, as {@link Survivor} does. A failure tells the seed of the workload, the operation and the seed of the
 * disk, and leaves the files of that disk in {@code target/power-loss}.
 */
@Tag("crash")
class PowerLossTest {
    private static final int WORKLOADS = Integer.getInteger("kvstore.test.crash.workloads", 3);
    private static final int STATES = Integer.getInteger("kvstore.test.crash.states", 1);

    /** Where more can be left in several ways, more disks are looked at, up to so many times as many. */
    private static final int MOST_SHARES = 3;

    /** Of one workload, first crashes alone. */
    private static final int MOST_DISKS = 900;

    /** One divided by it is the part of them that is drawn, however many moments there are. */
    private static final int LEAST_DRAWN = 3;

    private static final long MINUTES = Long.getLong("kvstore.test.crash.minutes", 10);

    /** To look at one operation again. */
    private static final int ONLY = Integer.getInteger("kvstore.test.crash.operation", -1);

    private static final int SECTOR = 512;
    private static final int CREW = 4;

    private final AtomicInteger operations = new AtomicInteger();
    private final AtomicInteger checked = new AtomicInteger();
    private final Set<List<Byte>> seen = new HashSet<>();

    private record Case(Moment moment, long seed) {}

    @Test
    @Timeout(600)
    void whatIsSyncedOutlastsAPowerLossInFrontOfAnyFileOperation() {
        long seed = Seeds.next(getClass());
        for (int workload = 0; workload < WORKLOADS; workload++) {
            run(seed + workload, ONLY < 0 ? MOST_DISKS : Integer.MAX_VALUE);
        }
        report();
        assertThat(checked.get()).isGreaterThan(ONLY < 0 ? WORKLOADS * 300 : 1);
    }

    @Test
    @Tag("long")
    void whatIsSyncedOutlastsPowerLossesForMinutes() {
        long seed = Seeds.next(getClass());
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(MINUTES);
        for (long workload = 0; System.nanoTime() < end; workload++) {
            run(seed + workload, Integer.MAX_VALUE);
            seen.clear();
        }
        report();
    }

    /**
     * Three records that are not synced, of one sector each. The second is lost and the third is not; a new one of the
     * same size takes the place of the second, and the power is lost before the third is overwritten with zeros.
     */
    @Test
    void recordBehindAHoleStaysAwayForGood() {
        KVOptions options = KVOptions.builder()
                .segmentSize(64 << 10)
                .durability(Durability.BUFFERED)
                .autoMerge(false)
                .build();
        SimulatedDisk disk = new SimulatedDisk();
        SimulatedDisk.Image image;
        try (FileStore store = FileStore.open(disk.directory("hole"), options)) {
            store.put(Bytes.of("a"), new byte[448 - RecordLayout.HEADER_SIZE - 1]);
            store.sync();
            store.put(Bytes.of("b"), value(1));
            store.put(Bytes.of("c"), value(2));
            image = disk.image();
        }
        int holes = 0;
        for (long seed = 2; seed < 2_000 && holes < 20; seed++) {
            SimulatedDisk left = PowerLoss.after(image, seed);
            byte[] log = left.directory("hole").contents().get("0000000001.seg");
            if (log.length < 1536 || log[512] != 0 || log[1024] == 0) {
                continue;
            }
            holes++;
            SimulatedDisk.Image again;
            try (FileStore store = FileStore.open(left.directory("hole"), options)) {
                assertThat(Stores.scan(store)).containsOnlyKeys("a");
                store.put(Bytes.of("d"), value(3));
                again = left.image();
            }
            for (long second = 50 * seed; second < 50 * seed + 50; second++) {
                try (FileStore store =
                        FileStore.open(PowerLoss.after(again, second).directory("hole"), options)) {
                    assertThat(Stores.scan(store).keySet())
                            .as("disk of seed %d, and then %d", seed, second)
                            .isSubsetOf("a", "d");
                }
            }
        }
        assertThat(holes).isEqualTo(20);
    }

    /** A segment that is full to its last byte is not cut, and so not forced by that. */
    @ParameterizedTest
    @EnumSource
    void closedStoreHasAllOfASegmentThatIsFullToItsLastByte(Durability durability) {
        KVOptions options = KVOptions.builder()
                .segmentSize(1024)
                .durability(durability)
                .syncInterval(Duration.ofHours(1))
                .autoMerge(false)
                .build();
        SimulatedDisk disk = new SimulatedDisk();
        int record = 1024 - SegmentHeader.SIZE - RecordLayout.SEAL_SIZE;
        try (FileStore store = FileStore.open(disk.directory("full"), options)) {
            store.put(Bytes.of("a"), new byte[record - RecordLayout.HEADER_SIZE - 1]);
            store.put(Bytes.of("b"), new byte[5000]);
            store.put(Bytes.of("c"), new byte[10]);
        }
        assertThat(disk.directory("full").contents().get("0000000001.seg")).hasSize(1024);
        for (long seed : new long[] {PowerLoss.NOTHING, PowerLoss.PROCESS_ONLY, 2, 3, 4}) {
            try (FileStore store =
                    FileStore.open(PowerLoss.after(disk.image(), seed).directory("full"), options)) {
                assertThat(Stores.scan(store)).containsOnlyKeys("a", "b", "c");
            }
        }
    }

    /**
     * The last directory sync of a backup fails, so that it is taken back, and then a merge frees a segment that it had
     * linked. The name that makes it a store may be there again after a power loss.
     */
    @Test
    void backupThatWasTakenBackIsNoStoreOrWhole() {
        KVOptions options = KVOptions.builder()
                .segmentSize(1024)
                .durability(Durability.SYNC)
                .autoMerge(false)
                .build();
        SimulatedDisk disk = new SimulatedDisk();
        FaultyDirectory target = new FaultyDirectory(disk.directory("backup"));
        boolean[] named = new boolean[2];
        target.faults((operation, file) -> {
            if (operation == Operation.SYNC_DIRECTORY && named[0] && !named[1]) {
                named[1] = true;
                throw new IOException("made up");
            }
            named[0] |= operation == Operation.RENAME;
        });
        try (FileStore store = FileStore.open(disk.directory("store"), options)) {
            store.put(Bytes.of("a"), new byte[900]);
            store.put(Bytes.of("b"), new byte[900]);
            assertThatThrownBy(
                            () -> store.backup(target, KVBackupOptions.builder().build()))
                    .hasStackTraceContaining("made up");
            store.put(Bytes.of("a"), new byte[900]);
            store.put(Bytes.of("b"), new byte[900]);
            store.merge();
        }
        SimulatedDisk.Image image = disk.image();
        for (long seed = 0; seed < 100; seed++) {
            SimulatedDisk left = PowerLoss.after(image, seed);
            if (left.directory("backup").contents().containsKey(FileNames.STORE)) {
                try (FileStore store = FileStore.open(left.directory("backup"), options)) {
                    assertThat(Stores.scan(store)).as("disk of seed %d", seed).containsOnlyKeys("a", "b");
                }
            }
        }
    }

    private static byte[] value(int fill) {
        byte[] value = new byte[SECTOR - RecordLayout.HEADER_SIZE - 1];
        Arrays.fill(value, (byte) fill);
        return value;
    }

    private void report() {
        System.out.println(getClass().getSimpleName() + ": power lost in front of " + operations + " file operations; "
                + checked + " different disks were opened and checked");
    }

    /** Runs a workload; the moments in front of each of its changing file operations, and the end. */
    static List<Moment> moments(long seed) {
        List<Moment> moments = new ArrayList<>();
        Workload[] workload = new Workload[1];
        Turns turns = new Turns();
        turns.start();
        FaultyDirectory.Faults faults = (operation, file) -> {
            if (operation.changes()) {
                turns.await();
                synchronized (moments) {
                    moments.add(moment(workload[0], moments.size(), operation + " " + file));
                }
            }
        };
        workload[0] = new Workload(seed, 1, faults);
        workload[0].run(turns::settle, (step, failure) -> {
            throw new AssertionError("seed " + seed + ": " + step + " failed", failure);
        });
        moments.add(moment(workload[0], moments.size(), "the end"));
        return moments;
    }

    private void run(long seed, int most) {
        List<Moment> moments = moments(seed);
        operations.addAndGet(moments.size());
        ConcurrentLinkedQueue<Case> cases = new ConcurrentLinkedQueue<>(cases(moments, seed, most));
        try (Crew crew = new Crew(TimeUnit.MINUTES.toNanos(5))) {
            for (int i = 0; i < CREW; i++) {
                crew.start("check-" + i, () -> {
                    for (Case next = cases.poll(); next != null && !crew.hasFailed(); next = cases.poll()) {
                        check(next, seed);
                    }
                });
            }
        }
    }

    private static Moment moment(Workload workload, int operation, String description) {
        int synced = workload.history.syncedIndex();
        // What is only buffered may be lost with the process.
        int acknowledged = workload.durability() == Durability.BUFFERED ? synced : workload.history.acknowledgedIndex();
        List<Survivor.Backup> backups = Survivor.Backup.of(workload.backups);
        SimulatedDisk.Image image = workload.disk.image();
        List<State> allowed = workload.history.since(synced);
        return new Moment(operation, description, image, allowed, acknowledged - synced, backups, workload.nowMillis);
    }

    /**
     * Of each moment the disk with what was synced, and of all together some of the others that they could leave, up to
     * a number in all; those that came before, at a moment that allows the same, are left out.
     */
    private List<Case> cases(List<Moment> moments, long seed, int most) {
        List<Case> cases = new ArrayList<>();
        List<Case> drawn = new ArrayList<>();
        Random random = new Random(seed);
        for (Moment moment : moments) {
            if (ONLY >= 0 && ONLY != moment.operation()) {
                continue;
            }
            add(cases, new Case(moment, PowerLoss.NOTHING));
            add(drawn, new Case(moment, PowerLoss.PROCESS_ONLY));
            for (int i = STATES * Math.min(MOST_SHARES, moment.image().undecided()); i > 0; i--) {
                add(drawn, new Case(moment, 2 + random.nextInt(Integer.MAX_VALUE)));
            }
        }
        Collections.shuffle(drawn, random);
        cases.addAll(drawn.subList(0, Math.min(drawn.size(), Math.max(most / LEAST_DRAWN, most - cases.size()))));
        return cases;
    }

    private void add(List<Case> cases, Case next) {
        if (seen.add(digest(PowerLoss.after(next.moment.image(), next.seed), next.moment))) {
            cases.add(next);
        }
    }

    private static List<Byte> digest(SimulatedDisk disk, Moment moment) {
        try {
            MessageDigest digest = MessageDigest.getInstance("MD5");
            disk.update(digest);
            digest.update((moment.allowed().size() + " " + moment.nowMillis()
                            + moment.backups().hashCode())
                    .getBytes(StandardCharsets.UTF_8));
            List<Byte> bytes = new ArrayList<>();
            for (byte b : digest.digest()) {
                bytes.add(b);
            }
            return bytes;
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private void check(Case next, long seed) {
        try {
            String name = seed + "-" + next.moment.operation() + "-" + next.seed;
            checked.addAndGet(Survivor.checkAll(next.moment, next.seed, true, name));
        } catch (AssertionError e) {
            throw new AssertionError("workload of seed " + seed + ", " + e.getMessage(), e);
        }
    }
}
