package io.kvstore.examples;

import io.kvstore.KVStore;
import io.kvstore.typed.KVCounter;
import io.kvstore.typed.KVMap;
import io.kvstore.typed.KVQueue;
import io.kvstore.typed.TypedStore;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;

/** Records in collections. */
final class TypedExample {
    private TypedExample() {}

    record Order(String id, BigDecimal total, List<String> lines) {}

    static String run(Path directory) {
        Order order = new Order("a-1", new BigDecimal("12.50"), List.of("tea", "milk"));
        // quick start
        try (KVStore store = KVStore.open(directory)) {
            TypedStore typed = TypedStore.of(store);
            KVMap<String, Order> orders = typed.map("orders", String.class, Order.class); // a ConcurrentMap
            KVQueue<String> toShip = typed.queue("to ship", String.class); // a BlockingQueue, durable
            KVCounter taken = typed.counter("orders taken");
            orders.putIfAbsent(order.id(), order);
            taken.increment();
            // over several collections
            typed.transact(tx -> {
                tx.map("orders", String.class, Order.class).put(order.id(), order);
                return tx.queue("to ship", String.class).add(order.id());
            });
            return toShip.poll() + " of " + taken.get() + ": " + orders.get(order.id());
        }
        // end
    }

    public static void main(String[] args) {
        System.out.println(run(Path.of(args[0])));
    }
}
