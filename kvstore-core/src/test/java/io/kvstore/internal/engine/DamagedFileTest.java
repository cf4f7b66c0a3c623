package io.kvstore.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvstore.internal.engine.Examination.Outcome;
import io.kvstore.internal.engine.FileDamage.Damage;
import io.kvstore.internal.engine.FileDamage.Kind;
import io.kvstore.internal.engine.History.State;
import io.kvstore.internal.format.SegmentHeader;
import io.kvstore.testing.Crew;
import io.kvstore.testing.Seeds;
import io.kvstore.testing.Stores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each file of a {@link RichStore} that was closed, and of one whose process died, is put in a wrong place, made of
 * something else, or changed in part; the store is then examined as {@link Examination} says. A store that fails is
 * left in {@code target/damaged-store}.
 *
 * <p>Of a store that was closed, what opens has the last state; of one that was not, a state since the last merge,
 * since without the clean mark the damaged end of the log looks like a lost one.
 */
@Tag("crash")
@Timeout(600)
class DamagedFileTest {
    /** Of each kind, of those that are possible. */
    private static final int CASES = Integer.getInteger("kvstore.test.damages", 20);

    private static final int THREADS = 2;
    private static final long SEED = Seeds.next(DamagedFileTest.class);

    /** What must be told on opening, since no reader would ever come across it, or since nothing else could be read. */
    private static final Set<Kind> REFUSED =
            EnumSet.of(Kind.SWAPPED, Kind.RENAMED, Kind.ZEROED, Kind.REPLACED, Kind.OF_ANOTHER_STORE);

    @TempDir
    static Path temp;

    private static RichStore store;
    private static RichStore other;

    private record Case(Damage damage, boolean killed) {}

    @BeforeAll
    static void makeStores() throws IOException {
        store = new RichStore(temp.resolve("made"));
        other = new RichStore(temp.resolve("other"));
        List<String> names = Stores.files(store.closed).stream()
                .map(file -> file.getFileName().toString())
                .toList();
        assertThat(names)
                .contains("kvstore.clean", "kvstore.lock", "kvstore.manifest", "kvstore.store")
                .filteredOn(name -> name.endsWith(".hint"))
                .hasSizeGreaterThan(4);
        assertThat(Stores.segments(store.closed))
                .extracting(segment ->
                        SegmentHeader.decode(Files.readAllBytes(segment)).kind())
                .contains(SegmentHeader.KIND_LOG, SegmentHeader.KIND_MERGED);
        Path last = Stores.lastSegment(store.closed).getFileName();
        assertThat(store.earlier)
                .as("the last segment was there before, and shorter")
                .anyMatch(earlier -> length(earlier.resolve(last)) < length(store.closed.resolve(last)));
        Damage none = new Damage("nothing damaged", copy -> {});
        for (boolean killed : new boolean[] {false, true}) {
            Outcome outcome = examine(new Case(none, killed), "intact", List.of(store.last()));
            assertThat(outcome).isEqualTo(Outcome.WHOLE);
        }
    }

    /** Of a file that is not there, more than any other. */
    private static long length(Path file) {
        return Files.exists(file) ? file.toFile().length() : Long.MAX_VALUE;
    }

    @ParameterizedTest
    @EnumSource
    void damagedFileNeverGivesWrongData(Kind kind) throws IOException {
        examine(kind, CASES);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("long")
    void noDamageOfAKindEverGivesWrongData(Kind kind) throws IOException {
        Map<Outcome, Integer> outcomes = examine(kind, Integer.MAX_VALUE);
        if (REFUSED.contains(kind)) {
            assertThat(outcomes.get(Outcome.REFUSED)).isGreaterThan(20);
        }
    }

    private static Map<Outcome, Integer> examine(Kind kind, int most) throws IOException {
        Random random = new Random(SEED);
        List<Case> all = new ArrayList<>();
        FileDamage.all(kind, store.closed, store, other, random).forEach(damage -> all.add(new Case(damage, false)));
        FileDamage.all(kind, store.killed, store, other, random).forEach(damage -> all.add(new Case(damage, true)));
        Collections.shuffle(all, random);
        ConcurrentLinkedQueue<Case> cases = new ConcurrentLinkedQueue<>(all.subList(0, Math.min(most, all.size())));
        int examined = cases.size();
        Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
        try (Crew crew = new Crew(TimeUnit.MINUTES.toNanos(9))) {
            for (int i = 0; i < THREADS; i++) {
                String name = "examined-" + i;
                crew.start(name, () -> {
                    for (Case next = cases.poll(); next != null && !crew.hasFailed(); next = cases.poll()) {
                        List<State> allowed = next.killed ? store.sinceMerge() : List.of(store.last());
                        Outcome outcome = examine(next, name, allowed);
                        synchronized (outcomes) {
                            outcomes.merge(outcome, 1, Integer::sum);
                        }
                    }
                });
            }
        }
        System.out.println("DamagedFileTest: " + kind + ", " + examined + " of " + all.size() + ": " + outcomes);
        return outcomes;
    }

    private static Outcome examine(Case next, String name, List<State> allowed) throws IOException {
        Path from = next.killed ? store.killed : store.closed;
        try {
            return Examination.of(damaged(from, temp.resolve(name), next.damage), allowed);
        } catch (AssertionError | RuntimeException e) {
            Path left = damaged(from, Path.of("target", "damaged-store"), next.damage);
            String kind = next.killed ? "store of a killed process" : "closed store";
            throw new AssertionError(
                    "seed " + SEED + ", " + kind + ", " + next.damage.what() + ", left in " + left + ": " + e, e);
        }
    }

    private static Path damaged(Path from, Path to, Damage damage) throws IOException {
        Stores.clear(to);
        Stores.copy(from, to);
        damage.action().in(to);
        return to;
    }
}
