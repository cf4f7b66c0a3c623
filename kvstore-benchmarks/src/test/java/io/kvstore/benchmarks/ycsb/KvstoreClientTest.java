package io.kvstore.benchmarks.ycsb;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import site.ycsb.ByteArrayByteIterator;
import site.ycsb.ByteIterator;
import site.ycsb.DBException;
import site.ycsb.Status;

class KvstoreClientTest {
    private final KvstoreClient client = client();
    private final KvstoreClient other = client();

    private static KvstoreClient client() {
        Properties properties = new Properties();
        properties.setProperty("kvstore.url", "kvstore:mem:ycsb-test");
        KvstoreClient client = new KvstoreClient();
        client.setProperties(properties);
        return client;
    }

    @BeforeEach
    void open() throws DBException {
        client.init();
        other.init();
    }

    @AfterEach
    void close() {
        client.cleanup();
        other.cleanup();
    }

    private static Map<String, ByteIterator> fields(String... namesAndValues) {
        Map<String, ByteIterator> fields = new HashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            fields.put(
                    namesAndValues[i],
                    new ByteArrayByteIterator(namesAndValues[i + 1].getBytes(StandardCharsets.UTF_8)));
        }
        return fields;
    }

    private static Map<String, String> read(KvstoreClient from, String key, Set<String> fields) {
        Map<String, ByteIterator> result = new HashMap<>();
        assertThat(from.read("users", key, fields, result)).isEqualTo(Status.OK);
        Map<String, String> text = new HashMap<>();
        result.forEach((name, value) -> text.put(name, value.toString()));
        return text;
    }

    @Test
    void recordsOfOneClientAreThoseOfAll() {
        assertThat(client.insert("users", "u1", fields("a", "1", "b", ""))).isEqualTo(Status.OK);
        assertThat(read(other, "u1", null)).isEqualTo(Map.of("a", "1", "b", ""));
        assertThat(read(other, "u1", Set.of("a"))).isEqualTo(Map.of("a", "1"));
    }

    @Test
    void updateLeavesOtherFieldsAlone() {
        client.insert("users", "u1", fields("a", "1", "b", "2"));
        assertThat(client.update("users", "u1", fields("b", "3"))).isEqualTo(Status.OK);
        assertThat(read(client, "u1", null)).isEqualTo(Map.of("a", "1", "b", "3"));
        assertThat(client.update("users", "absent", fields("b", "3"))).isEqualTo(Status.NOT_FOUND);
    }

    @Test
    void deletedRecordIsNotFound() {
        client.insert("users", "u1", fields("a", "1"));
        assertThat(client.delete("users", "u1")).isEqualTo(Status.OK);
        assertThat(client.read("users", "u1", null, new HashMap<>())).isEqualTo(Status.NOT_FOUND);
        assertThat(client.delete("users", "u1")).isEqualTo(Status.NOT_FOUND);
    }

    @Test
    void storeLastsUntilTheLastClientIsDone() {
        client.insert("users", "u1", fields("a", "1"));
        client.cleanup();
        assertThat(read(other, "u1", null)).isEqualTo(Map.of("a", "1"));
    }
}
