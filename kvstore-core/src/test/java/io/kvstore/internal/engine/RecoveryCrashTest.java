package io.kvstore.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvstore.internal.engine.Survivor.Moment;
import io.kvstore.testing.Crew;
import io.kvstore.testing.PowerLoss;
import io.kvstore.testing.Seeds;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Loses the power a second time, in front of each file operation of the recovery, on those disks of a {@link Workload}
 * on which the recovery has most to do: no two of them with the same kinds of operations. {@link PowerLossTest} looks
 * at more disks, and at one or two operations of the recovery of each.
 */
@Tag("crash")
class RecoveryCrashTest {
    private static final int DISKS = Integer.getInteger("kvstore.test.recovery.disks", 4);
    private static final long MINUTES = Long.getLong("kvstore.test.crash.minutes", 10);

    /** Of each workload, to choose from. */
    private static final int SAMPLE = 100;

    private static final int THREADS = 4;

    private final AtomicInteger operations = new AtomicInteger();
    private final AtomicInteger checked = new AtomicInteger();

    /** A disk, and the moments of its recovery. */
    private record Dirty(Set<String> kinds, List<Moment> moments, long seed) {}

    private record Case(Moment moment, long seed, String name) {}

    @Test
    @Timeout(300)
    void powerLostInFrontOfEachOperationOfARecoveryLosesNothing() {
        run(Seeds.next(getClass()), DISKS);
        report();
        assertThat(operations.get()).isGreaterThan(DISKS * 5);
    }

    @Test
    @Tag("long")
    void powerIsLostInRecoveriesForMinutes() {
        long seed = Seeds.next(getClass());
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(MINUTES);
        for (long workload = 0; System.nanoTime() < end; workload++) {
            run(seed + workload, 10 * DISKS);
        }
        report();
    }

    private void report() {
        System.out.println("RecoveryCrashTest: power lost in front of " + operations + " operations of recoveries; "
                + checked + " disks were opened and checked");
    }

    private void run(long seed, int disks) {
        Random random = new Random(seed);
        ConcurrentLinkedQueue<Case> cases = new ConcurrentLinkedQueue<>();
        for (Dirty disk : dirtiest(seed, disks, random)) {
            for (Moment moment : disk.moments) {
                operations.incrementAndGet();
                String name = "recovery-" + seed + "-" + disk.seed + "-" + moment.operation();
                for (long left : new long[] {PowerLoss.NOTHING, PowerLoss.PROCESS_ONLY, 2 + random.nextInt(1 << 30)}) {
                    cases.add(new Case(moment, left, name));
                }
            }
        }
        try (Crew crew = new Crew(TimeUnit.MINUTES.toNanos(5))) {
            for (int i = 0; i < THREADS; i++) {
                crew.start("check-" + i, () -> {
                    for (Case next = cases.poll(); next != null && !crew.hasFailed(); next = cases.poll()) {
                        checked.addAndGet(Survivor.checkAll(next.moment, next.seed, false, next.name));
                    }
                });
            }
        }
    }

    /** Those with most operations first, one for each set of kinds of operations; then others. */
    private static List<Dirty> dirtiest(long seed, int most, Random random) {
        List<Moment> moments = PowerLossTest.moments(seed);
        List<Dirty> all = new ArrayList<>();
        for (int i = 0; i < SAMPLE; i++) {
            Moment moment = moments.get(random.nextInt(moments.size()));
            long left = i % 2 == 0 ? PowerLoss.PROCESS_ONLY : 2 + random.nextInt(1 << 30);
            List<Moment> recovery = Survivor.inRecovery(moment, left);
            Set<String> kinds = new TreeSet<>();
            recovery.forEach(found -> kinds.add(found.description().replaceAll("[0-9]+", "")));
            all.add(new Dirty(kinds, recovery, left));
        }
        all.sort(Comparator.comparingInt((Dirty disk) -> -disk.moments.size()));
        Set<Set<String>> seen = new HashSet<>();
        List<Dirty> chosen = new ArrayList<>();
        List<Dirty> alike = new ArrayList<>();
        for (Dirty disk : all) {
            (seen.add(disk.kinds) ? chosen : alike).add(disk);
        }
        chosen.addAll(alike);
        return chosen.subList(0, Math.min(most, chosen.size()));
    }
}
