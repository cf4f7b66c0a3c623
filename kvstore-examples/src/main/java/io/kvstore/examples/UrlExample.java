package io.kvstore.examples;

import io.kvstore.KVDataSource;
import io.kvstore.KVStore;
import java.nio.file.Path;
import java.util.Properties;

/** Stores whose place and options come from a configuration. */
final class UrlExample {
    private UrlExample() {}

    static String run(Path directory) {
        String url = "kvstore:file:" + directory + "?durability=sync&segmentSize=128m";
        Properties properties = new Properties();
        properties.setProperty("segmentSize", "64m");
        // quick start
        KVStore.open(url).close(); // kvstore:file:data/orders?durability=sync&segmentSize=128m
        KVStore.open(url, properties).close(); // properties win over the URL
        KVStore.open("kvstore:mem:test").close(); // in memory: one store a name, as long as it is open
        KVDataSource source = new KVDataSource(); // a bean, for containers
        source.setUrl(url);
        try (KVStore store = source.open()) {
            return store.toString();
        }
        // end
    }

    public static void main(String[] args) {
        System.out.println(run(Path.of(args[0])));
    }
}
