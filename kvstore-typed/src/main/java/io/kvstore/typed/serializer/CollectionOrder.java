package io.kvstore.typed.serializer;

import java.io.ByteArrayOutputStream;
import java.util.AbstractMap.SimpleImmutableEntry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.util.TokenBuffer;

/**
 * An order for collections that have none, or one that their equality does not ask for. Maps and sets of equal content
 * come out in the same order.
 *
 * <p>Stateless: what a call has done is kept with the call.
 */
final class CollectionOrder {
    /** Key of the collections that a call has put into order. */
    private static final Object DONE = new Object();

    private CollectionOrder() {}

    /** Puts a collection into order. */
    private interface Order<T> {
        T of(T collection, SerializationContext context);
    }

    /** The entries of a map, sorted by key as it is written. */
    static Map<?, ?> map(Map<?, ?> map, SerializationContext context) {
        return map.isEmpty() ? map : once(map, context, CollectionOrder::orderMap);
    }

    /** The elements of a set, sorted by their bytes. */
    static Set<?> set(Set<?> set, SerializationContext context) {
        return set.size() < 2 ? set : once(set, context, CollectionOrder::orderSet);
    }

    /**
     * Gives the same as before, if this call has met the collection before: within sets it does, for each set around
     * it.
     */
    @SuppressWarnings("unchecked") // only this method fills the map
    private static <T> T once(T collection, SerializationContext context, Order<T> order) {
        IdentityHashMap<Object, Object> done = (IdentityHashMap<Object, Object>) context.getAttribute(DONE);
        if (done == null) {
            done = new IdentityHashMap<>();
            context.setAttribute(DONE, done);
        }
        Object known = done.get(collection);
        if (known == null) {
            known = order.of(collection, context);
            done.put(collection, known);
        }
        return (T) known;
    }

    private record Named(String name, Object key, @Nullable Object value) {}

    private static Map<?, ?> orderMap(Map<?, ?> map, SerializationContext context) {
        List<Named> entries = new ArrayList<>(map.size());
        try (TokenBuffer names = context.bufferForValueConversion()) {
            names.writeStartObject();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                Object key = entry.getKey();
                if (key == null) {
                    throw new KVSerializationException("cannot write a map that has null as a key");
                }
                entries.add(new Named(name(key, names, context), key, entry.getValue()));
            }
        }
        entries.sort(Comparator.comparing(Named::name));
        Map<Object, @Nullable Object> ordered = new LinkedHashMap<>();
        String last = null;
        for (Named named : entries) {
            if (named.name().equals(last)) {
                throw new KVSerializationException(
                        "cannot write a map: two of its keys are written alike, as \"" + last + "\"");
            }
            last = named.name();
            ordered.put(named.key(), named.value());
        }
        return ordered;
    }

    /** The text as which a key will be written. */
    private static String name(Object key, TokenBuffer names, SerializationContext context) {
        if (key instanceof String text) {
            return text;
        }
        context.findKeySerializer(key.getClass(), null).serialize(key, names, context);
        String name = names.streamWriteContext().currentName();
        names.writeNull();
        return name;
    }

    private static Set<?> orderSet(Set<?> set, SerializationContext context) {
        List<Map.Entry<byte[], @Nullable Object>> elements = new ArrayList<>(set.size());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator generator = context.tokenStreamFactory().createGenerator(context, bytes)) {
            for (Object element : set) {
                context.writeValue(generator, element);
                generator.flush();
                elements.add(new SimpleImmutableEntry<>(bytes.toByteArray(), element));
                bytes.reset();
            }
        }
        elements.sort(Map.Entry.comparingByKey(Arrays::compareUnsigned));
        Set<@Nullable Object> ordered = new LinkedHashSet<>();
        elements.forEach(encoded -> ordered.add(encoded.getValue()));
        return ordered;
    }
}
