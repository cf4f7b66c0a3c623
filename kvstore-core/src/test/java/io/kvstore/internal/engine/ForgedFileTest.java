package io.kvstore.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvstore.KVBucket;
import io.kvstore.KVCursor;
import io.kvstore.KVErrorCode;
import io.kvstore.KVException;
import io.kvstore.internal.engine.Forger.Forgery;
import io.kvstore.internal.engine.Forger.Target;
import io.kvstore.testing.Bytes;
import io.kvstore.testing.Crew;
import io.kvstore.testing.Seeds;
import io.kvstore.testing.Stores;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.management.JMException;
import javax.management.ObjectName;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Stores in which something says what no version writes, with the right checksum: whatever is done to them ends in a
 * {@link KVException}, or well, within bounded memory. What the records themselves say is taken for the truth; hints
 * are only believed as long as nobody checks: a check finds each that hides or moves a key.
 */
@Tag("crash")
@Timeout(300)
class ForgedFileTest {
    private static final int CASES = Integer.getInteger("kvstore.test.forgeries", 150);
    private static final long MINUTES = Long.getLong("kvstore.test.crash.minutes", 10);
    private static final int THREADS = 2;

    /** To open a store of a few KiB; most of it is the buffer for segments, of 1 MiB. */
    private static final long MOST_BYTES = 8L << 20;

    @TempDir
    static Path temp;

    private static RichStore store;
    private final Map<Target, int[]> outcomes = new EnumMap<>(Target.class);

    @BeforeAll
    static void makeStore() throws IOException {
        store = new RichStore(temp.resolve("made"));
    }

    @Test
    void whatNoVersionWritesIsRefusedWithinBounds() {
        AtomicInteger left = new AtomicInteger(CASES);
        forge(() -> left.getAndDecrement() > 0);
    }

    @Test
    @Tag("long")
    @Timeout(value = 30, unit = TimeUnit.HOURS)
    void whatNoVersionWritesIsRefusedForMinutes() {
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(MINUTES);
        forge(() -> System.nanoTime() < end);
    }

    private interface More {
        boolean wanted();
    }

    private void forge(More more) {
        long seed = Seeds.next(getClass());
        AtomicInteger number = new AtomicInteger();
        try (Crew crew = new Crew(TimeUnit.MINUTES.toNanos(MINUTES + 5))) {
            for (int i = 0; i < THREADS; i++) {
                String name = "forged-" + i;
                crew.start(name, () -> {
                    while (more.wanted() && !crew.hasFailed()) {
                        examine(seed, number.getAndIncrement(), name);
                    }
                });
            }
        }
        StringBuilder text = new StringBuilder();
        outcomes.forEach(
                (target, counts) -> text.append(" %s %d of %d,".formatted(target, counts[1], counts[0] + counts[1])));
        System.out.println("ForgedFileTest: told of" + text);
    }

    private void examine(long seed, int number, String name) throws IOException {
        Random random = new Random(seed + number);
        Target target = Target.values()[random.nextInt(Target.values().length)];
        Path from = random.nextBoolean() && target != Target.CLEAN_MARK ? store.killed : store.closed;
        Forgery forgery = new Forger(from, random).forge(target);
        Path directory = temp.resolve(name);
        Stores.clear(directory);
        Stores.copy(from, directory);
        Files.write(directory.resolve(forgery.name()), forgery.content());
        try {
            boolean told = use(directory, target, random.nextInt(3) == 0);
            byte[] content = Files.readAllBytes(from.resolve(forgery.name()));
            // Only merges read it: nobody but a check would ever tell.
            assertThat(told || target != Target.HINT_FILTER || Arrays.equals(content, forgery.content()))
                    .as("a check finds it")
                    .isTrue();
            synchronized (outcomes) {
                outcomes.computeIfAbsent(target, none -> new int[2])[told ? 1 : 0]++;
            }
        } catch (Throwable e) {
            Path kept = Path.of("target", "forged-store");
            Stores.clear(kept);
            Stores.copy(from, kept);
            Files.write(kept.resolve(forgery.name()), forgery.content());
            throw new AssertionError(
                    "-Dkvstore.test.seed=" + (seed + number) + " -Dkvstore.test.forgeries=1, " + from.getFileName()
                            + ", " + forgery.what() + ", left in " + kept + ": " + e,
                    e);
        }
    }

    /** Does everything; whether there was any error. */
    private boolean use(Path directory, Target target, boolean write) {
        boolean told = false;
        long before = allocatedBytes();
        try (FileStore opened = RichStore.openReadOnly(directory)) {
            requireBound(before);
            told = look(opened, target, false);
        } catch (KVException e) {
            requireBound(before);
            requireClear(e, directory);
            told = true;
        }
        if (!write) {
            return told;
        }
        for (int i = 0; i < 2; i++) {
            try (FileStore opened = RichStore.open(directory, RichStore.NOW_MILLIS)) {
                told |= look(opened, told ? Target.RECORD : target, i > 0);
                opened.put(Bytes.of("key-0"), Bytes.of("value-new"));
                opened.delete(Bytes.of("key-1"));
                opened.bucket("red").put(Bytes.of("key-2"), Bytes.of("value-new"));
                opened.merge();
                // A merge takes what the index does not name for garbage: what a hint hides is lost then.
                told |= look(opened, told ? Target.RECORD : target, true);
            } catch (KVException e) {
                requireClear(e, directory);
                told = true;
            }
        }
        return told;
    }

    private static void requireClear(KVException e, Path directory) {
        assertThat(e).hasMessageContaining(directory.toString());
        assertThat(e.code())
                .as("%s", e)
                .isIn(
                        KVErrorCode.CORRUPTION,
                        KVErrorCode.IO_ERROR,
                        KVErrorCode.UNSUPPORTED_FORMAT,
                        KVErrorCode.LIMIT_REACHED);
    }

    /** Reads everything; whether there was any error. The keys that were {@code used} have other values. */
    private static boolean look(FileStore opened, Target target, boolean used) {
        int errors = 0;
        boolean right = true;
        for (String name : RichStore.BUCKETS) {
            KVBucket bucket = name.isEmpty() ? opened : opened.bucket(name);
            for (int i = 0; i < RichStore.KEYS; i++) {
                try {
                    String value = Bytes.text(bucket.get(Bytes.of(RichStore.key(i))));
                    String expected = store.last().value(name, RichStore.key(i), RichStore.NOW_MILLIS);
                    right &= (used && i < 3) || Objects.equals(value, expected);
                } catch (KVException e) {
                    requireClear(e, opened);
                    errors++;
                }
            }
            try (KVCursor cursor = bucket.scan()) {
                for (boolean next = true; next; ) {
                    try {
                        next = cursor.next();
                    } catch (KVException e) {
                        requireClear(e, opened);
                        errors++;
                    }
                }
            }
        }
        boolean ok = opened.verify().ok();
        if (isHint(target)) {
            assertThat(!ok || (right && errors == 0))
                    .as(
                            "a check called the store intact, though %d keys could not be read, and others were %s",
                            errors, right ? "right" : "wrong")
                    .isTrue();
        }
        opened.stats();
        return errors > 0 || !ok;
    }

    private static void requireClear(KVException e, FileStore opened) {
        // By its text: "KVStore[path]".
        String text = opened.toString();
        requireClear(e, Path.of(text.substring(text.indexOf('[') + 1, text.length() - 1)));
    }

    private static boolean isHint(Target target) {
        return target.name().startsWith("HINT");
    }

    private static void requireBound(long before) {
        assertThat(allocatedBytes() - before).as("bytes to open it").isLessThan(MOST_BYTES);
    }

    /** Of this thread, since it began; by name, since the interface is of another module. */
    private static long allocatedBytes() {
        try {
            return (long) ManagementFactory.getPlatformMBeanServer()
                    .invoke(
                            new ObjectName("java.lang:type=Threading"),
                            "getThreadAllocatedBytes",
                            new Object[] {Thread.currentThread().getId()},
                            new String[] {"long"});
        } catch (JMException e) {
            throw new AssertionError(e);
        }
    }
}
