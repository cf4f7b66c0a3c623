package io.kvstore.typed.serializer;

import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.BeanProperty;
import tools.jackson.databind.SerializationConfig;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.jsontype.TypeSerializer;
import tools.jackson.databind.ser.ValueSerializerModifier;
import tools.jackson.databind.ser.jdk.CollectionSerializer;
import tools.jackson.databind.ser.jdk.EnumSetSerializer;
import tools.jackson.databind.type.ArrayType;
import tools.jackson.databind.type.CollectionType;
import tools.jackson.databind.type.MapType;

/**
 * Gives equal values equal bytes where Jackson does not. Maps are written sorted by key as it is written, sets by the
 * bytes of their elements, whatever the order in which they hold them; and all NaN are one, where processors make
 * several.
 *
 * <p>Stateless.
 */
final class CanonicalForm extends ValueSerializerModifier {
    private static final long serialVersionUID = 1L;

    @Override
    public ValueSerializer<?> modifySerializer(
            SerializationConfig config, BeanDescription.Supplier bean, ValueSerializer<?> serializer) {
        Class<?> c = bean.getBeanClass();
        if (c == Double.class || c == double.class) {
            return new Canonical<Double>((value, context) -> value.isNaN() ? Double.NaN : value, serializer);
        }
        if (c == Float.class || c == float.class) {
            return new Canonical<Float>((value, context) -> value.isNaN() ? Float.NaN : value, serializer);
        }
        return serializer;
    }

    @Override
    public ValueSerializer<?> modifyArraySerializer(
            SerializationConfig config, ArrayType type, BeanDescription.Supplier bean, ValueSerializer<?> serializer) {
        if (type.hasRawClass(double[].class)) {
            return new Canonical<double[]>((values, context) -> oneNan(values), serializer);
        }
        if (type.hasRawClass(float[].class)) {
            return new Canonical<float[]>((values, context) -> oneNan(values), serializer);
        }
        return serializer;
    }

    @Override
    public ValueSerializer<?> modifyMapSerializer(
            SerializationConfig config, MapType type, BeanDescription.Supplier bean, ValueSerializer<?> serializer) {
        return new Canonical<>(CollectionOrder::map, serializer);
    }

    @Override
    public ValueSerializer<?> modifyCollectionSerializer(
            SerializationConfig config,
            CollectionType type,
            BeanDescription.Supplier bean,
            ValueSerializer<?> serializer) {
        if (!type.isTypeOrSubTypeOf(Set.class)) {
            return serializer;
        }
        ValueSerializer<?> next = serializer;
        if (next instanceof EnumSetSerializer) { // takes nothing but an EnumSet, which has an order of its own
            next = new CollectionSerializer(type.getContentType(), false, null, null);
        }
        return new Canonical<>(CollectionOrder::set, next);
    }

    private static double[] oneNan(double[] values) {
        return Arrays.stream(values)
                .map(value -> Double.isNaN(value) ? Double.NaN : value)
                .toArray();
    }

    private static float[] oneNan(float[] values) {
        float[] result = values.clone();
        for (int i = 0; i < result.length; i++) {
            result[i] = Float.isNaN(result[i]) ? Float.NaN : result[i];
        }
        return result;
    }

    /** Makes the one of all equal values that is written. */
    private interface Form<T> {
        T of(T value, SerializationContext context);
    }

    /** Lets the serializer behind it write the canonical form. Immutable. */
    private static final class Canonical<T> extends ValueSerializer<T> {
        private final Form<T> form;
        private final ValueSerializer<Object> next;

        @SuppressWarnings("unchecked") // Jackson gives the serializer for the very type that it asks to modify
        Canonical(Form<T> form, ValueSerializer<?> next) {
            this.form = form;
            this.next = (ValueSerializer<Object>) next;
        }

        @Override
        public void resolve(SerializationContext context) {
            next.resolve(context);
        }

        @Override
        public ValueSerializer<?> createContextual(SerializationContext context, @Nullable BeanProperty property) {
            return new Canonical<>(form, next.createContextual(context, property));
        }

        @Override
        public void serialize(T value, JsonGenerator generator, SerializationContext context) {
            next.serialize(form.of(value, context), generator, context);
        }

        @Override
        public void serializeWithType(
                T value, JsonGenerator generator, SerializationContext context, TypeSerializer types) {
            next.serializeWithType(form.of(value, context), generator, context, types);
        }

        @Override
        public boolean isEmpty(SerializationContext context, T value) {
            return next.isEmpty(context, value);
        }
    }
}
