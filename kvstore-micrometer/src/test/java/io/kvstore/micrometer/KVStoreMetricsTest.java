package io.kvstore.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvstore.KVStats;
import io.kvstore.KVStore;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Meters over a real store. */
class KVStoreMetricsTest {
    private static final byte[] KEY = {1};

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final AtomicLong nanos = new AtomicLong();
    private KVStore store;

    @BeforeEach
    void open() {
        store = KVStore.open("kvstore:mem:metrics");
    }

    @AfterEach
    void close() {
        store.close();
    }

    private KVStoreMetrics bind(KVStore of) {
        KVStoreMetrics metrics = new KVStoreMetrics(of, Tags.of("store", "orders"), nanos::get);
        metrics.bindTo(registry);
        return metrics;
    }

    /** The value of each meter, by name and tags other than that of the store. */
    private Map<String, Double> values() {
        Map<String, Double> values = new TreeMap<>();
        for (Meter meter : registry.getMeters()) {
            assertThat(meter.getId().getTag("store")).isEqualTo("orders");
            String result = meter.getId().getTag("result");
            String name = meter.getId().getName() + (result == null ? "" : "." + result);
            meter.measure().forEach(measured -> values.put(name, measured.getValue()));
        }
        return values;
    }

    @Test
    void figuresOfTheStoreAreMeters() {
        store.put(KEY, new byte[100]);
        store.put(KEY, new byte[100]);
        store.get(KEY);
        store.get(new byte[0]);
        store.bucket("b").put(KEY, KEY);
        store.delete(KEY);
        store.merge();
        bind(store);
        Map<String, Double> values = values();
        assertThat(values)
                .containsEntry("kvstore.keys", 1.0)
                .containsEntry("kvstore.buckets", 1.0)
                .containsEntry("kvstore.writable", 1.0)
                .containsEntry("kvstore.puts", 3.0)
                .containsEntry("kvstore.deletes", 1.0)
                .containsEntry("kvstore.gets.hit", 1.0)
                .containsEntry("kvstore.gets.miss", 1.0)
                .containsEntry("kvstore.merges.failure", 0.0);
        assertThat(values.get("kvstore.merges.success")).isPositive();
        assertThat(values.get("kvstore.disk")).isPositive();
        // All figures but the two that name segments read and hinted on opening, and the list of segments.
        assertThat(values).hasSize(KVStats.class.getRecordComponents().length - 3);
    }

    @Test
    void everyMeterIsInTheDocument() throws IOException {
        new KVStoreMetrics(store, Tags.empty()).bindTo(registry);
        String document = Files.readString(Path.of("..", "docs", "OPERATIONS.md"));
        String names =
                document.substring(document.indexOf("| kind | meters |"), document.indexOf("### Flight Recorder"));
        assertThat(registry.getMeters())
                .isNotEmpty()
                .allSatisfy(meter ->
                        assertThat(names).contains("`" + meter.getId().getName().substring("kvstore.".length()) + "`"));
    }

    @Test
    void figuresAreTakenOnceForAScrapeAndAnewForTheNext() {
        AtomicInteger taken = new AtomicInteger();
        KVStore counted = (KVStore) Proxy.newProxyInstance(
                KVStore.class.getClassLoader(), new Class<?>[] {KVStore.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("stats")) {
                        taken.incrementAndGet();
                    }
                    try {
                        return method.invoke(store, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        bind(counted);
        assertThat(values()).containsEntry("kvstore.puts", 0.0);
        assertThat(taken).hasValue(1);
        store.put(KEY, KEY);
        nanos.addAndGet(1_000_000_000);
        assertThat(values()).containsEntry("kvstore.puts", 1.0);
        assertThat(taken).hasValue(2);
    }

    @Test
    void closedStoreShowsItsLastFiguresUntilTheMetersAreTakenAway() {
        store.put(KEY, KEY);
        KVStoreMetrics metrics = bind(store);
        assertThat(values()).containsEntry("kvstore.puts", 1.0);
        store.close();
        nanos.addAndGet(1_000_000_000);
        assertThat(values()).containsEntry("kvstore.puts", 1.0);
        metrics.close();
        assertThat(registry.getMeters()).isEmpty();
    }
}
