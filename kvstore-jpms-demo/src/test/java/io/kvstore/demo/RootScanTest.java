package io.kvstore.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class RootScanTest {
    private static final Instant START = Instant.parse("2026-01-02T03:04:05.678Z");

    @Test
    void whatIsEncodedIsDecoded() {
        RootScan complete = new RootScan(START, START.plusSeconds(9), 12, 345);
        assertThat(RootScan.decode("/x", complete.encode())).isEqualTo(complete);
        RootScan first = new RootScan(START, null, 0, 0);
        assertThat(RootScan.decode("/x", first.encode())).isEqualTo(first);
    }

    @Test
    void aScanThatDidNotComeToItsEndIsUnfinished() {
        assertThat(new RootScan(START, null, 0, 0).isUnfinished()).isTrue();
        RootScan complete = new RootScan(START, START.plusSeconds(9), 12, 345);
        assertThat(complete.isUnfinished()).isFalse();
        assertThat(complete.startedAgain(START.plusSeconds(20)).isUnfinished()).isTrue();
    }

    @Test
    void anotherVersionIsRejectedByName() {
        assertThatThrownBy(() -> RootScan.decode("/x", new byte[] {3}))
                .isInstanceOf(CatalogException.class)
                .hasMessageContaining("version 3");
    }
}
