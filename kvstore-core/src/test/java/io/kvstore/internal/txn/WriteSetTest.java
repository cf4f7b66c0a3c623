package io.kvstore.internal.txn;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvstore.internal.index.KeyHash.Hash;
import io.kvstore.internal.log.RecordBuffer;
import io.kvstore.internal.txn.WriteSet.Write;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WriteSetTest {
    /** Enough for a table that has grown several times. */
    private static final int MANY = 1_000;

    private final WriteSet writes = new WriteSet();

    @Test
    void lastWriteToAKeyTakesThePlaceOfTheOthers() {
        Hash key = new Hash(1, 2);
        writes.add("a", put(key, 1));
        writes.add("a", put(new Hash(3, 4), 2));
        writes.add("a", Write.delete(key, new byte[] {1}));

        assertThat(writes.size()).isEqualTo(2);
        assertThat(writes.find("a", key)).isNotNull().extracting(Write::isPut).isEqualTo(false);
        assertThat(writes.writes("a")).extracting(Write::isPut).containsExactly(false, true);
    }

    @Test
    void keysAreToldApartByAllBitsOfTheirHashes() {
        for (int i = 0; i < MANY; i++) {
            // The lowest bits, which choose the place in the table, are the same for all.
            writes.add("a", put(new Hash(i / 2, (long) i << 32), i));
            writes.add("a", put(new Hash(-1 - i, 0), i));
        }

        assertThat(writes.size()).isEqualTo(2 * MANY);
        for (int i = 0; i < MANY; i++) {
            assertThat(value(writes.find("a", new Hash(i / 2, (long) i << 32)))).isEqualTo((byte) i);
            assertThat(value(writes.find("a", new Hash(-1 - i, 0)))).isEqualTo((byte) i);
        }
        assertThat(writes.find("a", new Hash(MANY, 0))).isNull();
    }

    @Test
    void bucketsAreKeptApartInWhateverOrderTheyAreWrittenTo() {
        Hash key = new Hash(1, 2);
        writes.add("a", put(key, 1));
        writes.add("b", put(key, 2));
        writes.add("a", put(new Hash(3, 4), 3));

        List<String> names = new ArrayList<>();
        for (BucketWrites bucket : writes.buckets()) {
            names.add(bucket.name() + bucket.size());
        }
        assertThat(names).containsExactly("a2", "b1");
        assertThat(value(writes.find("a", key))).isEqualTo((byte) 1);
        assertThat(value(writes.find("b", key))).isEqualTo((byte) 2);
        assertThat(writes.find("c", key)).isNull();
        assertThat(writes.writes("c")).isEmpty();
    }

    @Test
    void nothingIsLeftAfterClear() {
        Hash key = new Hash(1, 2);
        writes.add("a", put(key, 1));
        writes.clear();

        assertThat(writes.size()).isZero();
        assertThat(writes.find("a", key)).isNull();

        writes.add("a", put(key, 2));
        assertThat(writes.size()).isEqualTo(1);
        assertThat(value(writes.find("a", key))).isEqualTo((byte) 2);
    }

    private static Write put(Hash hash, int value) {
        return Write.put(hash, new byte[] {1}, new byte[] {(byte) value}, RecordBuffer.NO_EXPIRY);
    }

    private static byte value(Write write) {
        assertThat(write).isNotNull();
        return write.record().value()[0];
    }
}
