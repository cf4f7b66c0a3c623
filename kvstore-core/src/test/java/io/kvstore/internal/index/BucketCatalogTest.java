package io.kvstore.internal.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class BucketCatalogTest {
    private final BucketCatalog catalog = new BucketCatalog();

    @Test
    void defaultBucketIsThereFromTheStartAndNeverListed() {
        BucketIndex bucket = catalog.find("");
        assertThat(bucket).isNotNull().isSameAs(catalog.find(BucketCatalog.DEFAULT_ID));
        bucket.markWritten();
        assertThat(catalog.names()).isEmpty();
        assertThat(catalog.all()).containsExactly(bucket);
    }

    @Test
    void declaredBucketIsFoundByNameAndById() {
        BucketIndex bucket = catalog.declare(catalog.nextId(), "audit");
        assertThat(bucket.id()).isEqualTo(1);
        assertThat(bucket.name()).isEqualTo("audit");
        assertThat(catalog.find("audit")).isSameAs(bucket);
        assertThat(catalog.find(1)).isSameAs(bucket);
        assertThat(catalog.all()).contains(bucket);
    }

    @Test
    void bucketExistsFromItsFirstWriteToItsDrop() {
        BucketIndex bucket = catalog.declare(1, "audit");
        assertThat(bucket.exists()).isFalse();
        assertThat(catalog.names()).isEmpty();
        bucket.markWritten();
        assertThat(bucket.exists()).isTrue();
        assertThat(catalog.names()).containsExactly("audit");
        catalog.drop(bucket);
        assertThat(bucket.exists()).isFalse();
        assertThat(bucket.isDropped()).isTrue();
        assertThat(catalog.names()).isEmpty();
        assertThat(catalog.find("audit")).isNull();
        assertThat(catalog.find(1)).isNull();
    }

    @Test
    void bucketThatIsMadeAgainIsANewOne() {
        BucketIndex first = catalog.declare(1, "audit");
        first.markWritten();
        first.index().put(new KeyHash.Hash(1, 2), Location.of(0, 64, 0, false));
        catalog.drop(first);
        BucketIndex second = catalog.declare(catalog.nextId(), "audit");
        assertThat(second.id()).as("ids are never used twice").isEqualTo(2);
        assertThat(second.exists()).isFalse();
        assertThat(second.index().size()).isZero();
        assertThat(first.isDropped()).isTrue();
        assertThat(second.isDropped()).isFalse();
    }

    @Test
    void idsGoUp() {
        catalog.declare(7, "a");
        assertThat(catalog.nextId()).isEqualTo(8);
        assertThatThrownBy(() -> catalog.declare(7, "b"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("7");
        assertThatThrownBy(() -> catalog.declare(0, "b")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> catalog.declare(-1, "b")).isInstanceOf(IllegalArgumentException.class);
        assertThat(catalog.find("b")).isNull();
    }

    @Test
    void secondBucketOfANameIsRefused() {
        BucketIndex first = catalog.declare(1, "audit");
        assertThatThrownBy(() -> catalog.declare(2, "audit"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("audit");
        assertThatThrownBy(() -> catalog.declare(3, "")).isInstanceOf(IllegalArgumentException.class);
        assertThat(catalog.find("audit")).isSameAs(first);
        assertThat(catalog.find(2)).isNull();
        assertThat(catalog.nextId())
                .as("ids are never used twice, refused ones included")
                .isEqualTo(4);
    }

    @Test
    void lastIdIsFollowedByAnErrorNotByAnIdThatWasUsed() {
        catalog.declare(Integer.MAX_VALUE, "last");
        assertThatThrownBy(catalog::nextId).isInstanceOf(ArithmeticException.class);
    }

    @Test
    void namesAreSortedAndTheCallersOwn() {
        for (String name : new String[] {"b", "c", "a"}) {
            catalog.declare(catalog.nextId(), name).markWritten();
        }
        assertThat(catalog.names()).containsExactly("a", "b", "c");
        catalog.names().clear();
        assertThat(catalog.names()).hasSize(3);
    }
}
