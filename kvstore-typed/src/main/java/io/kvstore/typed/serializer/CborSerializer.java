package io.kvstore.typed.serializer;

import java.lang.reflect.Type;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.dataformat.cbor.CBORMapper;

/**
 * Any type as CBOR, by Jackson; see {@link CborFormat} for the settings and {@link TypeCheck} for which types.
 *
 * <p>Immutable. Each has a mapper of its own: a shared one would keep the classes of all serializers ever made.
 */
final class CborSerializer<T> implements Serializer<T> {
    private static final String ID = "cbor";

    /** Advice in messages of Jackson to change a setting, which no caller can. */
    private static final Pattern SETTING = Pattern.compile(" \\(but [a-z ]+ coercion [^)]*`CoercionConfig`[^)]*\\)");

    private final String typeName;
    private final ObjectWriter writer;
    private final ObjectReader reader;

    private CborSerializer(String typeName, JavaType type, CBORMapper mapper) {
        this.typeName = typeName;
        writer = mapper.writerFor(type);
        reader = mapper.readerFor(type);
    }

    /**
     * The serializer for a type.
     *
     * @throws KVSerializationException if it cannot be written and read back
     */
    static <T> CborSerializer<T> of(Type type) {
        TypeCheck check = new TypeCheck();
        CBORMapper mapper = CborFormat.mapper(check);
        try {
            JavaType javaType = mapper.constructType(type);
            check.verify(mapper, javaType);
            return new CborSerializer<>(type.getTypeName(), javaType, mapper);
        } catch (RuntimeException e) {
            throw failure("cannot store values of " + type.getTypeName(), e);
        }
    }

    @Override
    public byte[] serialize(T value) {
        Objects.requireNonNull(value, "value");
        try {
            return writer.writeValueAsBytes(value);
        } catch (RuntimeException e) {
            throw failure("cannot write a value of " + typeName, e);
        } catch (StackOverflowError e) {
            throw failure("cannot write a value of " + typeName + ": nested too deep, or in itself", e);
        }
    }

    @Override
    public T deserialize(byte[] bytes) {
        Objects.requireNonNull(bytes, "bytes");
        @Nullable T value;
        try (JsonParser parser = new PlainNameParser(reader.createParser(bytes))) {
            value = reader.readValue(parser);
        } catch (RuntimeException e) {
            throw failure("cannot read " + bytes.length + " bytes as a value of " + typeName, e);
        } catch (StackOverflowError e) {
            throw failure("cannot read a value of " + typeName + ": nested too deep", e);
        }
        if (value == null) {
            throw KVSerializationException.unreadable(ID, "null");
        }
        return value;
    }

    @Override
    public String id() {
        return ID;
    }

    /** The error to throw: one of ours from below, as it is, or a new one. */
    private static KVSerializationException failure(String what, Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof KVSerializationException ours) {
                return ours;
            }
        }
        return new KVSerializationException(what + problem(e), e);
    }

    private static String problem(Throwable e) {
        if (e instanceof JacksonException jackson) {
            String path = jackson.getPathReference();
            String message = SETTING.matcher(String.valueOf(jackson.getOriginalMessage()))
                    .replaceAll("");
            return ": " + message + (path.isEmpty() ? "" : " (at " + path + ")");
        }
        return e instanceof Error ? "" : ": " + e;
    }
}
