package io.kvstore.typed.serializer;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Constants of an enum by name, as UTF-8. Sorts by name, so constants may be added and reordered.
 *
 * <p>Immutable.
 */
final class EnumSerializer<E extends Enum<E>> implements Serializer<E> {
    private final Class<E> type;
    private final Map<String, E> constants = new LinkedHashMap<>();

    EnumSerializer(Class<E> type) {
        this.type = type;
        E @Nullable [] all = type.getEnumConstants();
        if (all == null) {
            throw new KVSerializationException(type.getName() + " is not an enum; give the class of one");
        }
        for (E constant : all) {
            constants.put(constant.name(), constant);
        }
    }

    @Override
    public byte[] serialize(E value) {
        // A constant of another enum comes this far where its type is not known.
        return type.cast(Objects.requireNonNull(value, "value")).name().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public E deserialize(byte[] bytes) {
        String name = new String(bytes, StandardCharsets.UTF_8);
        E constant = constants.get(name);
        if (constant == null) {
            throw new KVSerializationException("cannot read a constant of " + type.getName() + ": it has no \"" + name
                    + "\", only " + constants.keySet() + "; put it back if it was renamed or removed");
        }
        return constant;
    }

    @Override
    public String id() {
        return "enum";
    }
}
