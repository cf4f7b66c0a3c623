package io.kvstore.typed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is done in {@link TypedStore#transact}. */
class TypedTransactionTest extends CollectionTest {
    private KVMap<String, Long> map(CollectionFactory in) {
        return in.map("map", String.class, Long.class);
    }

    private KVSet<String> set(CollectionFactory in) {
        return in.set("set", String.class);
    }

    private KVQueue<Long> queue(CollectionFactory in) {
        return in.queue("queue", Long.class);
    }

    private KVMultimap<String, Long> index(CollectionFactory in) {
        return in.multimap("index", String.class, Long.class);
    }

    @Test
    void allCollectionsChangeTogetherAndSeeTheirOwnWrites() {
        queue(typed).add(1L);
        String result = typed.transact(tx -> {
            assertThat(map(tx).put("a", 1L)).isNull();
            assertThat(map(tx).merge("a", 2L, Long::sum)).isEqualTo(3);
            assertThat(set(tx).add("x")).isTrue();
            queue(tx).add(2L);
            queue(tx).add(3L);
            assertThat(queue(tx)).containsExactly(1L, 2L, 3L);
            assertThat(queue(tx).poll()).isEqualTo(1);
            assertThat(queue(tx).poll()).isEqualTo(2);
            assertThat(queue(tx)).hasSize(1);
            assertThat(tx.counter("counter").incrementAndGet()).isEqualTo(1);
            assertThat(index(tx).put("k", 1L)).isTrue();
            assertThat(index(tx).get("k")).containsExactly(1L);
            assertThat(map(typed)).isEmpty();
            assertThat(queue(typed)).containsExactly(1L);
            assertThat(index(typed).size()).isZero();
            return "done";
        });
        assertThat(result).isEqualTo("done");
        assertThat(map(typed)).containsEntry("a", 3L);
        assertThat(set(typed)).containsExactly("x");
        assertThat(queue(typed)).containsExactly(3L);
        assertThat(typed.counter("counter").get()).isEqualTo(1);
        assertThat(index(typed).get("k")).containsExactly(1L);
    }

    @Test
    void numbersOfElementsThatWereAddedAreNotUsedAgain() {
        typed.transact(tx -> {
            queue(tx).add(1L);
            Iterator<Long> elements = queue(tx).iterator();
            assertThat(elements.next()).isEqualTo(1);
            assertThat(queue(tx).poll()).isEqualTo(1);
            queue(tx).add(2L);
            elements.remove();
            return null;
        });
        assertThat(queue(typed)).containsExactly(2L);
    }

    @Test
    void anExceptionRollsAllBack() {
        map(typed).put("a", 1L);
        queue(typed).add(1L);
        index(typed).put("a", 1L);
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> typed.transact(tx -> {
                    map(tx).clear();
                    queue(tx).clear();
                    index(tx).clear();
                    queue(tx).add(2L);
                    assertThat(map(tx)).isEmpty();
                    assertThat(queue(tx)).containsExactly(2L);
                    assertThat(index(tx).size()).isZero();
                    throw new IOException("no");
                }));
        assertThat(map(typed)).hasSize(1);
        assertThat(queue(typed)).containsExactly(1L);
        assertThat(index(typed).size()).isEqualTo(1);
    }

    @Test
    void clearsCountWithTheCommit() {
        map(typed).put("a", 1L);
        set(typed).add("a");
        queue(typed).addAll(List.of(1L, 2L));
        index(typed).put("a", 1L);
        typed.transact(tx -> {
            map(tx).clear();
            set(tx).clear();
            queue(tx).clear();
            index(tx).clear();
            index(tx).put("b", 1L);
            queue(tx).add(3L);
            return null;
        });
        assertThat(map(typed)).isEmpty();
        assertThat(set(typed)).isEmpty();
        assertThat(queue(typed)).containsExactly(3L);
        assertThat(index(typed).keySet()).containsExactly("b");
        assertThat(store.bucketNames()).noneMatch(name -> name.matches("typed:.*-0:entries"));
    }

    @Test
    void aConflictRunsTheWorkAgain() {
        map(typed).put("a", 1L);
        int[] runs = {0};
        typed.transact(tx -> {
            long read = map(tx).get("a");
            if (runs[0]++ == 0) {
                map(typed).put("a", 10L);
            }
            queue(tx).add(read);
            return map(tx).put("a", read + 1);
        });
        assertThat(runs[0]).isEqualTo(2);
        assertThat(map(typed).get("a")).isEqualTo(11);
        assertThat(queue(typed)).containsExactly(10L);
    }

    @Test
    void addsOfOthersAreNoConflictToAddsAndPolls() {
        queue(typed).addAll(List.of(1L, 2L));
        int[] runs = {0};
        typed.transact(tx -> {
            runs[0]++;
            queue(tx).add(100L);
            assertThat(queue(tx).poll()).isEqualTo(1);
            queue(typed).add(50L);
            return null;
        });
        assertThat(runs[0]).isEqualTo(1);
        assertThat(queue(typed)).containsExactly(2L, 50L, 100L);
    }

    @Test
    void anAddOfOthersIsAConflictToHavingFoundTheQueueEmpty() {
        int[] runs = {0};
        Long found = typed.transact(tx -> {
            Long first = queue(tx).poll();
            if (runs[0]++ == 0) {
                queue(typed).add(5L);
            }
            map(tx).put("a", 1L);
            return first;
        });
        assertThat(found).isEqualTo(5);
        assertThat(runs[0]).isEqualTo(2);
    }

    @Test
    void anOpenTransactionHoldsUpNoPoll() {
        typed.transact(tx -> {
            queue(tx).add(1L);
            queue(typed).add(2L);
            assertThat(queue(typed).poll()).isEqualTo(2);
            assertThat(queue(typed).poll()).isNull();
            return null;
        });
        assertThat(queue(typed).poll()).isEqualTo(1);
    }

    @Test
    void nothingWaitsInATransaction() {
        typed.transact(tx -> {
            assertThatExceptionOfType(UnsupportedOperationException.class)
                    .isThrownBy(() -> queue(tx).take())
                    .withMessageContaining("queue \"queue\"");
            return null;
        });
    }

    @Test
    void collectionsEndWithTheTransaction() {
        List<Runnable> uses = new ArrayList<>();
        typed.transact(tx -> {
            KVMap<String, Long> map = map(tx);
            KVSet<String> set = set(tx);
            KVQueue<Long> queue = queue(tx);
            KVCounter counter = tx.counter("counter");
            KVMultimap<String, Long> index = index(tx);
            uses.addAll(List.of(
                    () -> map.get("a"),
                    () -> map.put("a", 1L),
                    map::size,
                    () -> set.add("a"),
                    queue::poll,
                    queue::size,
                    () -> queue.add(1L),
                    () -> counter.add(1),
                    () -> index.put("a", 1L),
                    () -> index.containsKey("a"),
                    () -> map(tx)));
            return null;
        });
        for (Runnable use : uses) {
            assertThatIllegalStateException().isThrownBy(use::run).withMessageContaining("transaction has ended");
        }
        assertThat(queue(typed)).isEmpty();
    }

    @Test
    void aDropOfACollectionInUseIsAConflict() {
        map(typed).put("a", 1L);
        int[] runs = {0};
        typed.transact(tx -> {
            map(tx).put("b", 1L);
            if (runs[0]++ == 0) {
                TypedStore.of(store).drop("map");
            }
            return null;
        });
        assertThat(runs[0]).isEqualTo(2);
        assertThat(map(typed)).containsOnlyKeys("b");
    }
}
