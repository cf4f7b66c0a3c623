package io.kvstore.internal.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvstore.testing.Crew;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class RecordBufferPoolTest {
    private final RecordBufferPool pool = new RecordBufferPool();

    @Test
    void bufferThatWasGivenBackIsUsedAgain() {
        RecordBuffer buffer = pool.take();
        pool.give(buffer);
        assertThat(pool.take()).isSameAs(buffer);
    }

    @Test
    void buffersInUseAreDifferentOnes() {
        RecordBuffer first = pool.take();
        RecordBuffer second = pool.take();
        assertThat(second).isNotSameAs(first);
        pool.give(first);
        pool.give(second);
        assertThat(pool.take()).isNotSameAs(pool.take());
    }

    @Test
    void memoryOfALargeRecordIsNotKept() {
        RecordBuffer buffer = pool.take();
        buffer.ensureCapacity(1 << 20);
        pool.give(buffer);
        assertThat(pool.take().bytes().length).isLessThanOrEqualTo(128 << 10);
    }

    @Test
    @Tag("concurrency")
    void noTwoThreadsHaveTheSameBuffer() {
        Set<RecordBuffer> inUse = ConcurrentHashMap.newKeySet();
        try (Crew crew = new Crew()) {
            // More threads than places, so that several meet at one.
            for (int i = 0; i < 40; i++) {
                crew.start("writer-" + i, () -> {
                    for (int j = 0; j < 500 && !crew.hasFailed(); j++) {
                        RecordBuffer buffer = pool.take();
                        assertThat(inUse.add(buffer))
                                .as("a buffer of one's own")
                                .isTrue();
                        if (j % 16 == 0) {
                            Thread.yield();
                        }
                        inUse.remove(buffer);
                        pool.give(buffer);
                    }
                });
            }
        }
    }
}
