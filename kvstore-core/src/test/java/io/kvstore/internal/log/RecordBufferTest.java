package io.kvstore.internal.log;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvstore.internal.format.RecordLayout;
import io.kvstore.testing.Bytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecordBufferTest {
    private static final long TOKEN = 0x0123_4567_89AB_CDEFL;

    private final RecordBuffer record = new RecordBuffer();

    private RecordBuffer placed(byte[] key, byte[] value) {
        record.encode(RecordLayout.KIND_PUT, key, value).place(7, 8, 3, TOKEN);
        return record;
    }

    /** What goes to the file. */
    private static byte[] stored(RecordBuffer record) {
        return Arrays.copyOfRange(record.bytes(), RecordBuffer.HEADER, RecordBuffer.HEADER + record.size());
    }

    private static RecordBuffer read(byte[] stored) {
        RecordBuffer record = new RecordBuffer();
        record.ensureCapacity(stored.length);
        System.arraycopy(stored, 0, record.bytes(), RecordBuffer.HEADER, stored.length);
        return record;
    }

    /** What a reader does with bytes that it takes for a record. */
    private static boolean isAccepted(byte[] stored, long token) {
        RecordBuffer record = read(stored);
        return record.claimedSize() <= stored.length && record.isIntact(token);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "0, 1", "1, 0", "3, 1", "4, 0", "16, 100", "17, 1003", "65535, 0", "65535, 100000", "5, 2000000"
    })
    void keyAndValueComeBack(int keyLength, int valueLength) {
        byte[] key = pattern(keyLength, 1);
        byte[] value = pattern(valueLength, 2);
        RecordBuffer read = read(stored(placed(key, value)));
        assertThat(read.isIntact(TOKEN)).isTrue();
        assertThat(read.size()).isEqualTo((int) RecordLayout.size(0, keyLength, valueLength));
        assertThat(read.claimedSize()).isEqualTo(read.size());
        assertThat(read.kind()).isEqualTo(RecordLayout.KIND_PUT);
        assertThat(read.flags()).isZero();
        assertThat(read.keyLength()).isEqualTo(keyLength);
        assertThat(read.valueLength()).isEqualTo(valueLength);
        assertThat(read.key()).isEqualTo(key);
        assertThat(read.value()).isEqualTo(value);
        assertThat(read.hasKey(key)).isTrue();
        assertThat(read.hasValue(value)).isTrue();
    }

    @Test
    void bytesStandWhereTheFormatSays() {
        byte[] stored = stored(placed(Bytes.of("key"), Bytes.of("value")));
        ByteBuffer fields = ByteBuffer.wrap(stored).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(stored).hasSize(40);
        assertThat(fields.getLong(0)).as("sequence").isEqualTo(7);
        assertThat(fields.getInt(8)).as("synced").isEqualTo(8);
        assertThat(fields.getInt(12)).as("value length").isEqualTo(5);
        assertThat(fields.getInt(16)).as("bucket").isEqualTo(3);
        assertThat(fields.getShort(20)).as("key length").isEqualTo((short) 3);
        assertThat(fields.get(22)).as("kind").isEqualTo((byte) 1);
        assertThat(fields.get(23)).as("flags").isZero();
        assertThat(new String(stored, 28, 8, US_ASCII)).isEqualTo("keyvalue");
        assertThat(fields.getInt(36)).as("zeros up to a multiple of 8").isZero();
        ByteBuffer token = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, TOKEN);
        CRC32C crc = new CRC32C();
        crc.update(stored, 28, 12);
        crc.update(token.array(), 0, 8);
        crc.update(stored, 0, 24);
        assertThat(fields.getInt(24)).as("checksum").isEqualTo((int) crc.getValue());
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "3, 5", "9, 0", "16, 100", "12, 1000"})
    void everyFlippedBitIsFound(int keyLength, int valueLength) {
        byte[] stored = stored(placed(pattern(keyLength, 1), pattern(valueLength, 2)));
        assertThat(isAccepted(stored, TOKEN)).isTrue();
        for (int bit = 0; bit < 8 * stored.length; bit++) {
            byte[] damaged = stored.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(isAccepted(damaged, TOKEN)).as("bit %d", bit).isFalse();
        }
    }

    @Test
    void everyDamagedByteAndEveryZeroedTailIsFound() {
        byte[] stored = stored(placed(pattern(16, 1), pattern(100, 2)));
        for (int index = 0; index < stored.length; index++) {
            for (int value = 0; value < 256; value++) {
                byte[] damaged = stored.clone();
                damaged[index] = (byte) value;
                assertThat(isAccepted(damaged, TOKEN))
                        .as("byte %d set to %d", index, value)
                        .isEqualTo(stored[index] == (byte) value);
            }
            byte[] torn = stored.clone();
            Arrays.fill(torn, index, torn.length, (byte) 0);
            assertThat(isAccepted(torn, TOKEN)).as("torn at %d", index).isEqualTo(Arrays.equals(torn, stored));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {TOKEN + 8, TOKEN - 8, TOKEN + 1, 0, -1, TOKEN ^ Long.MIN_VALUE})
    void recordOfAnotherPlaceIsFound(long otherToken) {
        byte[] stored = stored(placed(Bytes.of("key"), Bytes.of("value")));
        assertThat(isAccepted(stored, otherToken)).isFalse();
    }

    @Test
    void everyBitOfTheTokenCounts() {
        byte[] stored = stored(placed(Bytes.of("key"), Bytes.of("value")));
        for (int bit = 0; bit < 64; bit++) {
            assertThat(isAccepted(stored, TOKEN ^ 1L << bit)).as("bit %d", bit).isFalse();
        }
    }

    @Test
    void zerosAreNoRecord() {
        assertThat(isAccepted(new byte[64], TOKEN)).isFalse();
        assertThat(isAccepted(new byte[64], 0)).as("even with a token of zero").isFalse();
    }

    @Test
    void hasKeyAndHasValueCompareAllOfIt() {
        placed(Bytes.of("key"), Bytes.of("value"));
        for (String other : new String[] {"", "k", "ke", "kex", "Key", "keyv", "keyvalue"}) {
            assertThat(record.hasKey(Bytes.of(other))).as(other).isFalse();
        }
        for (String other : new String[] {"", "v", "valu", "valux", "value\0", "yvalue", "keyvalue"}) {
            assertThat(record.hasValue(Bytes.of(other))).as(other).isFalse();
        }
        placed(new byte[0], new byte[0]);
        assertThat(record.hasKey(new byte[0])).isTrue();
        assertThat(record.hasValue(new byte[0])).isTrue();
        assertThat(record.hasKey(new byte[1])).isFalse();
        assertThat(record.hasValue(new byte[1])).isFalse();
    }

    @Test
    void nothingIsLeftOfTheRecordBefore() {
        placed(pattern(500, 1), pattern(500, 2));
        byte[] reused = stored(placed(Bytes.of("k"), Bytes.of("v")));
        RecordBuffer fresh = new RecordBuffer();
        fresh.encode(RecordLayout.KIND_PUT, Bytes.of("k"), Bytes.of("v")).place(7, 8, 3, TOKEN);
        assertThat(reused).isEqualTo(stored(fresh));
    }

    @Test
    void checkOfOneRecordDoesNotDisturbTheNext() {
        placed(Bytes.of("k"), Bytes.of("v"));
        assertThat(record.isIntact(TOKEN + 1)).isFalse();
        assertThat(record.isIntact(TOKEN)).isTrue();
        byte[] again = stored(placed(Bytes.of("k2"), Bytes.of("v2")));
        assertThat(isAccepted(again, TOKEN)).isTrue();
    }

    @Test
    void callersMayChangeTheirArraysAtOnce() {
        byte[] key = Bytes.of("key");
        byte[] value = Bytes.of("value");
        record.encode(RecordLayout.KIND_PUT, key, value);
        key[0] = 'X';
        value[0] = 'X';
        record.place(7, 8, 3, TOKEN);
        assertThat(isAccepted(stored(record), TOKEN)).isTrue();
        assertThat(Bytes.text(record.key())).isEqualTo("key");
        record.key()[0] = 'X';
        record.value()[0] = 'X';
        assertThat(Bytes.text(record.key())).isEqualTo("key");
        assertThat(Bytes.text(record.value())).isEqualTo("value");
    }

    @Test
    void nonsenseLengthsDoNotOverflow() {
        byte[] header = new byte[32];
        Arrays.fill(header, (byte) 0xFF);
        RecordBuffer nonsense = read(header);
        assertThat(nonsense.claimedSize()).isGreaterThan(1L << 32);
        assertThat(nonsense.size()).isPositive();
    }

    @Test
    void memoryOfALargeRecordIsGivenBack() {
        placed(Bytes.of("k"), new byte[1 << 20]);
        assertThat(record.bytes().length).isGreaterThan(1 << 20);
        record.trim();
        assertThat(record.bytes().length).isLessThanOrEqualTo(128 << 10);
        placed(Bytes.of("k"), Bytes.of("v"));
        assertThat(record.isIntact(TOKEN)).isTrue();
    }

    @Test
    void growingKeepsWhatIsThere() {
        placed(Bytes.of("k"), Bytes.of("v"));
        record.ensureCapacity(100_000);
        assertThat(record.bytes().length).isGreaterThanOrEqualTo(100_000 + RecordBuffer.HEADER);
        assertThat(record.isIntact(TOKEN)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 0", "3, 5, -1", "9, 0, 1767225600000", "16, 100, -9223372036854775808", "5, 2000000, 7"})
    void expiryStandsBetweenHeaderAndKey(int keyLength, int valueLength, long expiry) {
        byte[] key = pattern(keyLength, 1);
        byte[] value = pattern(valueLength, 2);
        record.encode(RecordLayout.KIND_PUT, key, value, expiry).place(7, 8, 3, TOKEN);
        byte[] stored = stored(record);
        assertThat(ByteBuffer.wrap(stored).order(ByteOrder.LITTLE_ENDIAN).getLong(28))
                .isEqualTo(expiry);
        RecordBuffer read = read(stored);
        assertThat(read.isIntact(TOKEN)).isTrue();
        assertThat(read.flags()).isEqualTo(RecordLayout.FLAG_EXPIRY);
        assertThat(read.size()).isEqualTo((int) RecordLayout.size(RecordLayout.FLAG_EXPIRY, keyLength, valueLength));
        assertThat(read.key()).isEqualTo(key);
        assertThat(read.value()).isEqualTo(value);
        assertThat(read.hasKey(key)).isTrue();
        assertThat(read.hasValue(value)).isTrue();
    }

    @Test
    void everyFlippedBitOfARecordWithAnExpiryIsFound() {
        record.encode(RecordLayout.KIND_PUT, pattern(7, 1), pattern(20, 2), 1_767_225_600_000L)
                .place(7, 8, 3, TOKEN);
        byte[] stored = stored(record);
        assertThat(isAccepted(stored, TOKEN)).isTrue();
        for (int bit = 0; bit < 8 * stored.length; bit++) {
            byte[] damaged = stored.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(isAccepted(damaged, TOKEN)).as("bit %d", bit).isFalse();
        }
    }

    @Test
    void recordExpiresWhenItsTimeHasComeAndNotBefore() {
        record.encode(RecordLayout.KIND_PUT, Bytes.of("k"), Bytes.of("v"), 1000);
        assertThat(record.isExpired(new ExpiryClock(() -> 999))).isFalse();
        assertThat(record.isExpired(new ExpiryClock(() -> 1000))).isTrue();
        assertThat(record.isExpired(new ExpiryClock(() -> 1001))).isTrue();
    }

    @Test
    void recordWithoutAnExpiryNeverExpires() {
        placed(Bytes.of("k"), Bytes.of("v"));
        assertThat(record.isExpired(new ExpiryClock(() -> Long.MAX_VALUE))).isFalse();
        record.encode(RecordLayout.KIND_PUT, Bytes.of("k"), Bytes.of("v"), RecordBuffer.NO_EXPIRY);
        assertThat(record.flags()).isZero();
        assertThat(record.isExpired(new ExpiryClock(() -> Long.MAX_VALUE))).isFalse();
    }

    @Test
    void copyOfARecordIsOneOfItsNewPlace() {
        record.encode(RecordLayout.KIND_PUT, pattern(9, 1), pattern(2000, 2), 1000)
                .place(7, 8, 3, TOKEN);
        byte[] around = new byte[record.size() + 24];
        System.arraycopy(stored(record), 0, around, 16, record.size());
        RecordBuffer copy = new RecordBuffer().copy(around, 16, record.size());
        copy.place(9, 0, 4, TOKEN + 8);
        byte[] stored = stored(copy);
        assertThat(isAccepted(stored, TOKEN + 8)).isTrue();
        assertThat(isAccepted(stored, TOKEN)).isFalse();
        assertThat(copy.sequence()).isEqualTo(9);
        assertThat(copy.key()).isEqualTo(pattern(9, 1));
        assertThat(copy.value()).isEqualTo(pattern(2000, 2));
        assertThat(copy.flags()).isEqualTo(RecordLayout.FLAG_EXPIRY);
    }

    private static byte[] pattern(int length, int start) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (start + 31 * i);
        }
        return bytes;
    }
}
