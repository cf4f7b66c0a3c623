package io.kvstore.typed;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KVCounterTest extends CollectionTest {
    @Test
    void countsFromZeroAndAcrossReopens() {
        KVCounter hits = typed.counter("hits");
        assertThat(hits.get()).isZero();
        assertThat(hits.compareAndSet(1, 5)).isFalse();
        assertThat(hits.compareAndSet(0, 5)).isTrue();
        assertThat(hits.addAndGet(-7)).isEqualTo(-2);
        assertThat(hits.incrementAndGet()).isEqualTo(-1);
        assertThat(hits.decrementAndGet()).isEqualTo(-2);
        assertThat(hits.getAndAdd(10)).isEqualTo(-2);
        assertThat(hits.getAndSet(3)).isEqualTo(8);
        hits.increment();
        hits.increment();
        hits.decrement();
        hits.add(4);
        reopen();
        assertThat(typed.counter("hits").get()).isEqualTo(8);
        typed.counter("hits").set(Long.MAX_VALUE);
        assertThat(typed.counter("hits").incrementAndGet()).isEqualTo(Long.MIN_VALUE);
    }

    @Test
    void comparesWithTheNumberThatWasSet() {
        KVCounter counter = typed.counter("c");
        counter.set(0);
        assertThat(counter.compareAndSet(0, 1)).isTrue();
        assertThat(counter.compareAndSet(0, 2)).isFalse();
        assertThat(counter.get()).isEqualTo(1);
    }
}
