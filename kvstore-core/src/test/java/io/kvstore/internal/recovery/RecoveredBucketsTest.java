package io.kvstore.internal.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvstore.internal.format.ManifestLayout;
import io.kvstore.internal.format.ManifestLayout.ListedBucket;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecoveredBucketsTest {
    private static final ListedBucket LISTED = new ListedBucket(2, "listed", true);

    /** The manifest knows ids up to 4, of which 2 is left. */
    private final RecoveredBuckets buckets =
            new RecoveredBuckets(new ManifestLayout(9, 0, List.of(), 4, List.of(LISTED)));

    private String declare(int id, String name) {
        return buckets.apply(new BucketEvent(false, id, name));
    }

    private String drop(int id) {
        return buckets.apply(new BucketEvent(true, id, "any"));
    }

    @Test
    void withoutALogThereIsWhatTheManifestLists() {
        assertThat(buckets.all()).containsExactly(LISTED);
        assertThat(buckets.lastId()).isEqualTo(4);
    }

    @Test
    void declaredBucketIsAddedAndNotWrittenTo() {
        assertThat(declare(5, "new")).isNull();
        assertThat(buckets.all()).containsExactlyInAnyOrder(LISTED, new ListedBucket(5, "new", false));
        assertThat(buckets.lastId()).isEqualTo(5);
    }

    @Test
    void whatTheLogSaysOfIdsThatTheManifestKnowsChangesNothing() {
        assertThat(declare(1, "older")).isNull();
        assertThat(declare(2, "listed")).isNull();
        assertThat(declare(4, "listed")).isNull();
        assertThat(drop(3)).isNull();
        assertThat(buckets.all()).containsExactly(LISTED);
        assertThat(buckets.lastId()).isEqualTo(4);
    }

    @Test
    void droppedBucketIsGoneAndItsNameIsFree() {
        assertThat(drop(2)).isNull();
        assertThat(buckets.all()).isEmpty();
        assertThat(declare(5, "listed")).isNull();
        assertThat(drop(5)).isNull();
        assertThat(declare(6, "listed")).isNull();
        assertThat(buckets.all()).containsExactly(new ListedBucket(6, "listed", false));
    }

    @Test
    void idsThatDoNotRiseAreDamage() {
        assertThat(declare(6, "six")).isNull();
        assertThat(declare(6, "again")).contains("6");
        assertThat(declare(5, "five")).contains("5").contains("6");
        assertThat(declare(0, "zero")).isNotNull();
        assertThat(declare(-1, "negative")).isNotNull();
        assertThat(buckets.all()).hasSize(2);
        assertThat(buckets.lastId()).isEqualTo(6);
    }

    @Test
    void secondBucketOfANameIsDamage() {
        assertThat(declare(5, "listed")).contains("listed");
        assertThat(buckets.all()).containsExactly(LISTED);
    }

    @Test
    void dropOfWhatWasNeverThereIsDamage() {
        assertThat(drop(0)).contains("default");
        assertThat(drop(5)).contains("5");
        assertThat(drop(-1)).contains("-1");
        declare(5, "new");
        drop(5);
        assertThat(drop(5)).as("dropped twice").contains("5");
    }

    @Test
    void idsThatWereEverGivenOutAreKnown() {
        declare(7, "new");
        drop(7);
        for (int id = 0; id <= 7; id++) {
            assertThat(buckets.isKnown(id)).as("id %d", id).isTrue();
        }
        assertThat(buckets.isKnown(8)).isFalse();
        assertThat(buckets.isKnown(-1)).isFalse();
    }
}
