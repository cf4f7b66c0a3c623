package io.kvstore.demo;

import io.kvstore.KVBucket;
import io.kvstore.KVStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Cuts a store off after so many writes, as the death of the process would: what came before is kept, no more comes. A
 * transaction is one write.
 */
final class DyingStore {
    private static final Set<String> WRITES =
            Set.of("put", "delete", "putIfAbsent", "replace", "dropBucket", "transact");

    private DyingStore() {}

    /** What a write beyond the last one throws. */
    static final class Died extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    static KVStore over(KVStore store, int writes) {
        return wrap(KVStore.class, store, new AtomicInteger(writes));
    }

    private static <T extends KVBucket> T wrap(Class<T> type, T target, AtomicInteger left) {
        return type.cast(Proxy.newProxyInstance(
                DyingStore.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> {
                    if (WRITES.contains(method.getName()) && left.getAndDecrement() <= 0) {
                        throw new Died();
                    }
                    try {
                        Object result = method.invoke(target, args);
                        return method.getName().equals("bucket")
                                ? wrap(KVBucket.class, (KVBucket) result, left)
                                : result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }
}
