package io.kvstore.internal.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RecordLayoutTest {
    @Test
    void sizeIsHeaderKeyAndValueRoundedUpToEight() {
        for (int keyLength = 0; keyLength < 40; keyLength++) {
            for (long valueLength = 0; valueLength < 40; valueLength++) {
                long content = 28 + keyLength + valueLength;
                assertThat(RecordLayout.size(0, keyLength, valueLength))
                        .as("key %d, value %d", keyLength, valueLength)
                        .isBetween(content, content + 7)
                        .satisfies(size -> assertThat(size % 8).isZero());
            }
        }
    }

    @Test
    void largestRecordDoesNotOverflow() {
        assertThat(RecordLayout.size(0, 65_535, 1L << 30)).isEqualTo((1L << 30) + 65_568);
        assertThat(RecordLayout.size(RecordLayout.FLAG_EXPIRY, 65_535, 1L << 30))
                .isEqualTo((1L << 30) + 65_576);
        assertThat(RecordLayout.size(0, 65_535, 0xFFFF_FFFFL)).isGreaterThan(0xFFFF_FFFFL);
        assertThat(RecordLayout.size(-1, 65_535, 0xFFFF_FFFFL)).isGreaterThan(0xFFFF_FFFFL);
    }

    @Test
    void expiryTakesEightBytesMore() {
        for (int keyLength = 0; keyLength < 40; keyLength++) {
            for (long valueLength = 0; valueLength < 40; valueLength++) {
                assertThat(RecordLayout.size(RecordLayout.FLAG_EXPIRY, keyLength, valueLength))
                        .as("key %d, value %d", keyLength, valueLength)
                        .isEqualTo(RecordLayout.size(0, keyLength, valueLength) + 8);
            }
        }
        assertThat(RecordLayout.expirySize(0)).isZero();
        assertThat(RecordLayout.expirySize(RecordLayout.FLAG_BATCH_CONTINUES)).isZero();
        assertThat(RecordLayout.expirySize(RecordLayout.FLAG_EXPIRY)).isEqualTo(8);
        assertThat(RecordLayout.expirySize(0xFF)).isEqualTo(8);
    }

    @Test
    void flagsAreThoseOfThisVersion() {
        assertThat(RecordLayout.FLAG_EXPIRY).isEqualTo(1);
        assertThat(RecordLayout.FLAG_BATCH_CONTINUES).isEqualTo(2);
        assertThat(RecordLayout.KNOWN_FLAGS).isEqualTo(3);
    }

    @Test
    void sealIsARecordWithoutKeyWhetherItNamesTheNextSegmentOrNot() {
        assertThat(RecordLayout.SEAL_SIZE).isEqualTo((int) RecordLayout.size(0, 0, 0));
        assertThat(RecordLayout.SEAL_SIZE).isEqualTo((int) RecordLayout.size(0, 0, 4));
    }

    @Test
    void fieldsOfTheHeaderFollowEachOther() {
        assertThat(new int[] {
                    RecordLayout.SEQUENCE,
                    RecordLayout.SYNCED,
                    RecordLayout.VALUE_LENGTH,
                    RecordLayout.BUCKET,
                    RecordLayout.KEY_LENGTH,
                    RecordLayout.KIND,
                    RecordLayout.FLAGS,
                    RecordLayout.CHECKSUM,
                    RecordLayout.HEADER_SIZE
                })
                .containsExactly(0, 8, 12, 16, 20, 22, 23, 24, 28);
    }

    @Test
    void firstRecordIsAlignedAndMeansThatAllBeforeIsSynced() {
        assertThat(SegmentHeader.SIZE % RecordLayout.ALIGNMENT).isZero();
        assertThat(RecordLayout.SYNCED_BEFORE * RecordLayout.ALIGNMENT).isEqualTo(SegmentHeader.SIZE);
    }

    @Test
    void kindsAreThoseOfThisVersion() {
        for (int kind = -128; kind < 256; kind++) {
            assertThat(RecordLayout.isKind(kind)).as("kind %d", kind).isEqualTo(kind >= 1 && kind <= 5);
        }
    }

    @Test
    void saltsTellSegmentsAndStoresApart() {
        Set<Long> salts = new HashSet<>();
        for (int number = 1; number <= 60_000; number++) {
            salts.add(RecordLayout.salt(1, 2, number, 3));
        }
        assertThat(salts).hasSize(60_000);
        assertThat(RecordLayout.salt(1, 3, 1, 3)).isNotEqualTo(RecordLayout.salt(1, 2, 1, 3));
        assertThat(RecordLayout.salt(2, 2, 1, 3)).isNotEqualTo(RecordLayout.salt(1, 2, 1, 3));
    }

    @Test
    void saltsTellFilesOfOneNumberApart() {
        Set<Long> salts = new HashSet<>();
        for (int nonce = 0; nonce < 60_000; nonce++) {
            salts.add(RecordLayout.salt(1, 2, 1, nonce));
        }
        assertThat(salts).hasSize(60_000);
    }

    @Test
    void tokensTellOffsetsApart() {
        long salt = RecordLayout.salt(5, 6, 7, 8);
        assertThat(RecordLayout.token(salt, 64)).isNotEqualTo(RecordLayout.token(salt, 72));
        assertThat(RecordLayout.token(salt, 64)).isNotEqualTo(RecordLayout.token(RecordLayout.salt(5, 6, 8, 8), 64));
    }

    /** The format is for ever: what version 2 computes must never change. */
    @Test
    void saltIsWhatVersionTwoWrites() {
        assertThat(RecordLayout.salt(0, 0, 0, 0)).isZero();
        assertThat(RecordLayout.salt(0, 0x55, 1, 0)).isEqualTo(murmurFinalizer(0x9E3779B97F4A7C15L) ^ 0x55);
        assertThat(RecordLayout.salt(-1, 0, 3, 0)).isEqualTo(murmurFinalizer(-1 + 3 * 0x9E3779B97F4A7C15L));
        assertThat(RecordLayout.salt(5, 7, 3, 1L << 60))
                .isEqualTo(murmurFinalizer(5 + (1L << 60) + 3 * 0x9E3779B97F4A7C15L) ^ 7);
        assertThat(RecordLayout.token(1000, 64)).isEqualTo(1064);
    }

    private static long murmurFinalizer(long seed) {
        long z = seed;
        z ^= z >>> 33;
        z *= 0xFF51AFD7ED558CCDL;
        z ^= z >>> 33;
        z *= 0xC4CEB9FE1A85EC53L;
        z ^= z >>> 33;
        return z;
    }
}
