package io.kvstore.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class FolderListingTest {
    @Test
    void whatIsEncodedIsDecoded() {
        FolderListing listing = new FolderListing(
                new TreeSet<>(List.of("a", "b c", "line\nbreak", "\u00E9\u4E2D\uD83D\uDE00", "d", "f")),
                new TreeSet<>(List.of("d", "f", "sub folder")));
        assertThat(FolderListing.decode("/x", listing.encode())).isEqualTo(listing);
    }

    @Test
    void anEmptyOneIsOneByte() {
        assertThat(FolderListing.EMPTY.encode()).containsExactly(1);
        assertThat(FolderListing.decode("/x", new byte[] {1})).isEqualTo(FolderListing.EMPTY);
    }

    @Test
    void anotherVersionIsRejectedByName() {
        assertThatThrownBy(() -> FolderListing.decode("/x", new byte[] {9}))
                .isInstanceOf(CatalogException.class)
                .hasMessageContaining("/x")
                .hasMessageContaining("version 9");
    }

    @Test
    void oneThatEndsWithinANameIsRejected() {
        assertThatThrownBy(() -> FolderListing.decode("/x", new byte[] {1, 'f', 'a'}))
                .isInstanceOf(CatalogException.class)
                .hasMessageContaining("/x");
    }
}
