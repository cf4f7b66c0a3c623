package io.kvstore.typed.testing;

import io.kvstore.KVBucket;
import io.kvstore.KVStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/** A store in front of another one that tells a test of each call of a bucket's verb, before it is made. */
public final class HookedStore {
    private HookedStore() {}

    /** Looks at a call; what it throws, the call throws. */
    public interface Hook {
        void before(String bucket, String verb, Object[] arguments);
    }

    public static KVStore of(KVStore store, Hook hook) {
        return (KVStore) Proxy.newProxyInstance(
                HookedStore.class.getClassLoader(), new Class<?>[] {KVStore.class}, (proxy, method, arguments) -> {
                    Object result = call(store, method, arguments);
                    return method.getName().equals("bucket") ? hooked((KVBucket) result, hook) : result;
                });
    }

    private static KVBucket hooked(KVBucket bucket, Hook hook) {
        return (KVBucket) Proxy.newProxyInstance(
                HookedStore.class.getClassLoader(), new Class<?>[] {KVBucket.class}, (proxy, method, arguments) -> {
                    hook.before(bucket.name(), method.getName(), arguments == null ? new Object[0] : arguments);
                    return call(bucket, method, arguments);
                });
    }

    private static Object call(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
