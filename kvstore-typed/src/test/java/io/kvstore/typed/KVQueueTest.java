package io.kvstore.typed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.kvstore.KVBucket;
import io.kvstore.KVClosedException;
import io.kvstore.KVCorruptionException;
import io.kvstore.KVStore;
import io.kvstore.typed.serializer.KVSerializationException;
import io.kvstore.typed.testing.Crew;
import io.kvstore.typed.testing.HookedStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What {@link KVQueue} does beside the contract of {@code Queue}, which the suites hold it to. */
class KVQueueTest extends CollectionTest {
    private static final String ELEMENTS = "typed:1-0:elements";
    private static final String ENDS = "typed:1-0:ends";

    private KVQueue<Long> queue;

    @BeforeEach
    void openQueue() {
        queue = typed.queue("jobs", Long.class);
    }

    private static List<Long> numbers(long from, long to) {
        return LongStream.range(from, to).boxed().toList();
    }

    @Test
    void orderAndPlaceAreKeptAcrossReopens() {
        queue.addAll(numbers(0, 500));
        for (long i = 0; i < 200; i++) {
            assertThat(queue.poll()).isEqualTo(i);
        }
        reopen();
        openQueue();
        assertThat(queue).hasSize(300).containsExactlyElementsOf(numbers(200, 500));
        queue.add(500L);
        assertThat(queue.peek()).isEqualTo(200);
        List<Long> drained = new ArrayList<>();
        assertThat(queue.drainTo(drained)).isEqualTo(301);
        assertThat(drained).isEqualTo(numbers(200, 501));
        assertThat(queue.poll()).isNull();
    }

    /** Each 64th poll raises the head, which is nothing but a hint, and may fail. */
    @Test
    void anElementThatIsGoneIsHandedOutWhateverComes() {
        queue.addAll(numbers(0, 100));
        AtomicBoolean armed = new AtomicBoolean();
        KVStore hooked = HookedStore.of(store, (bucket, verb, arguments) -> {
            if (armed.get() && bucket.equals(ENDS) && !verb.equals("get")) {
                throw new KVClosedException("closed by the test", null);
            }
        });
        KVQueue<Long> failing = TypedStore.of(hooked).queue("jobs", Long.class);
        armed.set(true);
        for (long i = 0; i < 100; i++) {
            assertThat(failing.poll()).isEqualTo(i);
        }
        assertThat(failing.poll()).isNull();
    }

    @Test
    void aDamagedElementHasItsPlaceAndCanBeRemoved() {
        queue.addAll(numbers(0, 3));
        KVStore hooked = HookedStore.of(store, (bucket, verb, arguments) -> {
            if (bucket.equals(ELEMENTS)
                    && verb.equals("get")
                    && Numbers.read((byte[]) arguments[0]) == 1
                    && store.bucket(ELEMENTS).containsKey((byte[]) arguments[0])) {
                throw new KVCorruptionException("damaged by the test", null);
            }
        });
        KVQueue<Long> damaged = TypedStore.of(hooked).queue("jobs", Long.class);
        Iterator<Long> elements = damaged.iterator();
        assertThat(elements.next()).isZero();
        assertThatExceptionOfType(KVCorruptionException.class).isThrownBy(elements::next);
        assertThat(elements.next()).isEqualTo(2);
        assertThat(damaged.poll()).isZero();
        assertThatExceptionOfType(KVCorruptionException.class).isThrownBy(damaged::poll);
        assertThatExceptionOfType(KVCorruptionException.class).isThrownBy(damaged::peek);
        Iterator<Long> again = damaged.iterator();
        assertThatExceptionOfType(KVCorruptionException.class).isThrownBy(again::next);
        again.remove();
        assertThat(damaged.poll()).isEqualTo(2);
        assertThat(queue).isEmpty();
    }

    @Test
    void aQueueIsNotDrainedIntoItselfByAnotherHandle() {
        queue.add(1L);
        assertThatIllegalArgumentException().isThrownBy(() -> queue.drainTo(typed.queue("jobs", Long.class)));
        assertThatIllegalArgumentException().isThrownBy(() -> queue.addAll(typed.queue("jobs", Long.class)));
        assertThat(queue).containsExactly(1L);
    }

    @Test
    void aTailThatARepairHasSetBackOverwritesNothing() {
        queue.addAll(numbers(0, 200));
        for (int i = 0; i < 100; i++) {
            queue.poll();
        }
        store.bucket(ENDS).delete(new byte[] {'t', 'a', 'i', 'l'});
        reopen();
        openQueue();
        assertThat(queue.peek()).isEqualTo(100);
        queue.add(200L);
        assertThat(queue).containsExactlyElementsOf(numbers(100, 201));
        store.bucket(ENDS).put(new byte[] {'t', 'a', 'i', 'l'}, Numbers.bytes(150));
        reopen();
        openQueue();
        queue.add(201L);
        assertThat(queue).containsExactlyElementsOf(numbers(100, 202));
    }

    @Test
    void anOpenQueueStartsNearItsFirstElement() {
        queue.addAll(numbers(0, 10_000));
        for (int i = 0; i < 9_990; i++) {
            queue.poll();
        }
        assertThat(QueueBuckets.head(store.bucket(ENDS))).isBetween(9_990L - 64, 9_990L);
        reopen();
        openQueue();
        assertThat(queue.poll()).isEqualTo(9_990);
    }

    @Test
    void takersThroughTransactionsMoveTheHeadToo() {
        queue.addAll(numbers(0, 200));
        for (long i = 0; i < 200; i++) {
            long expected = i;
            long taken = typed.transact(tx -> tx.queue("jobs", Long.class).remove());
            assertThat(taken).isEqualTo(expected);
        }
        assertThat(QueueBuckets.head(store.bucket(ENDS))).isGreaterThanOrEqualTo(200 - 64);
    }

    @Test
    void handlesOfOtherStoreObjectsSeeEachOther() {
        KVQueue<Long> other = TypedStore.of(store).queue("jobs", Long.class);
        queue.addAll(numbers(0, 1_000));
        for (long i = 0; i < 1_000; i++) {
            assertThat((i % 3 == 0 ? queue : other).poll()).isEqualTo(i);
        }
        other.add(7L);
        assertThat(queue.poll()).isEqualTo(7);
        assertThat(other.poll()).isNull();
    }

    @Test
    void aClearIsSeenByAllHandlesAndNumbersGoOn() {
        KVQueue<Long> other = TypedStore.of(store).queue("jobs", Long.class);
        queue.addAll(numbers(0, 300));
        for (int i = 0; i < 100; i++) {
            other.poll();
        }
        queue.clear();
        assertThat(other.poll()).isNull();
        assertThat(QueueBuckets.head(store.bucket(ENDS))).isEqualTo(300);
        queue.add(1L);
        assertThat(other.poll()).isEqualTo(1);
    }

    @Test
    void aCrashInTheMiddleOfAClearLeavesAQueueThatWorks() {
        queue.addAll(numbers(0, 300));
        store.dropBucket(ELEMENTS); // the head was not raised any more
        reopen();
        openQueue();
        assertThat(queue).isEmpty();
        assertThat(queue.poll()).isNull();
        queue.add(1L);
        assertThat(queue.poll()).isEqualTo(1);
    }

    @Test
    void elementsRemovedFromTheMiddleAreSteppedOver() {
        queue.addAll(numbers(0, 100));
        assertThat(queue.removeIf(n -> n < 98 && n != 0)).isTrue();
        assertThat(queue.remove(98L)).isTrue();
        assertThat(queue.remove(98L)).isFalse();
        assertThat(queue).containsExactly(0L, 99L);
        assertThat(queue.poll()).isZero();
        assertThat(queue.poll()).isEqualTo(99);
    }

    @Test
    void aLongGapIsGoneOverOnce() {
        queue.addAll(numbers(0, 50_000));
        queue.removeIf(n -> true);
        long start = System.nanoTime();
        for (int i = 0; i < 5_000; i++) {
            assertThat(queue.poll()).isNull();
        }
        // 5,000 times 50,000 lookups would take a minute.
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
        queue.add(1L);
        assertThat(queue.poll()).isEqualTo(1);
    }

    @Test
    void anElementThatCannotBeReadStaysUntilTheIteratorRemovesIt() {
        queue.addAll(List.of(1L, 2L));
        KVBucket elements = store.bucket(ELEMENTS);
        elements.put(Numbers.bytes(0), new byte[2]);
        assertThatExceptionOfType(KVSerializationException.class)
                .isThrownBy(() -> queue.poll())
                .withMessageStartingWith("queue \"jobs\", element number 0: ");
        assertThat(queue).hasSize(2);
        Iterator<Long> iterator = queue.iterator();
        assertThatExceptionOfType(KVSerializationException.class).isThrownBy(iterator::next);
        iterator.remove();
        assertThat(queue.poll()).isEqualTo(2);
    }

    @Test
    void nullsAreRefused() {
        assertThatNullPointerException().isThrownBy(() -> queue.add(null));
        assertThatNullPointerException().isThrownBy(() -> queue.offer(null));
        assertThat(queue).isEmpty();
    }

    @Test
    void pollWithinTimeGivesUpOrTakes() throws InterruptedException {
        assertThat(queue.poll(1, TimeUnit.MILLISECONDS)).isNull();
        assertThat(queue.poll(Duration.ofMillis(-1))).isNull();
        queue.add(3L);
        assertThat(queue.poll(Duration.ofDays(1))).isEqualTo(3);
    }

    @Test
    void takeWaitsForAnAddThroughAnyHandle() {
        try (Crew crew = new Crew()) {
            Thread taker = crew.start("taker", () -> assertThat(queue.take()).isEqualTo(5));
            Crew.awaitParked(taker);
            TypedStore.of(store).queue("jobs", Long.class).add(5L);
        }
        try (Crew crew = new Crew()) {
            Thread taker = crew.start("taker", () -> assertThat(queue.take()).isEqualTo(6));
            Crew.awaitParked(taker);
            typed.transact(tx -> tx.queue("jobs", Long.class).add(6L));
        }
        assertThat(queue).isEmpty();
    }

    @Test
    void handlesOnOneStoreInMemoryServeEachOther() {
        String url = "kvstore:mem:" + directory;
        try (KVStore one = KVStore.open(url);
                KVStore two = KVStore.open(url)) {
            KVQueue<Long> of = TypedStore.of(one).queue("jobs", Long.class);
            try (Crew crew = new Crew()) {
                Thread taker = crew.start("taker", () -> assertThat(of.take()).isEqualTo(5));
                Crew.awaitParked(taker);
                TypedStore.of(two).queue("jobs", Long.class).add(5L);
            }
            assertThat(TypedStore.of(two).queue("jobs", Long.class)).isEmpty();
        }
    }

    @Test
    void anInterruptEndsAWait() {
        try (Crew crew = new Crew()) {
            Thread taker = crew.start(
                    "taker",
                    () -> assertThatExceptionOfType(InterruptedException.class).isThrownBy(queue::take));
            Crew.awaitParked(taker);
            taker.interrupt();
        }
        queue.add(1L);
        assertThat(queue).hasSize(1);
    }

    @Test
    void aCloseEndsAWait() {
        try (Crew crew = new Crew()) {
            Thread taker = crew.start(
                    "taker",
                    () -> assertThatExceptionOfType(KVClosedException.class).isThrownBy(queue::take));
            Crew.awaitParked(taker);
            store.close();
        }
    }

    @Test
    void addAllIsOneCommit() {
        long before = store.stats().logBytes();
        queue.addAll(numbers(0, 1_000));
        // 1,000 elements, and one tail.
        assertThat(store.stats().logBytes() - before).isLessThan(1_000 * 64);
        assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> queue.addAll(queue));
        assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> queue.drainTo(queue));
    }
}
