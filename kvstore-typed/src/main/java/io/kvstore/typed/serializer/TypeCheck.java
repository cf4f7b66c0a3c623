package io.kvstore.typed.serializer;

import java.lang.reflect.Modifier;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.DeserializationConfig;
import tools.jackson.databind.JacksonModule;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.SerializationConfig;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.deser.AbstractDeserializer;
import tools.jackson.databind.deser.SettableBeanProperty;
import tools.jackson.databind.deser.ValueDeserializerModifier;
import tools.jackson.databind.deser.ValueInstantiator;
import tools.jackson.databind.deser.bean.BeanDeserializerBase;
import tools.jackson.databind.introspect.AnnotatedMember;
import tools.jackson.databind.introspect.BeanPropertyDefinition;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.BeanPropertyWriter;
import tools.jackson.databind.ser.ValueSerializerModifier;
import tools.jackson.databind.ser.bean.BeanSerializerBase;
import tools.jackson.dataformat.cbor.CBORMapper;

/**
 * Refuses types that cannot be written, or that can be written and not read back, before a value is lost to one. It
 * looks at each class at the moment when Jackson first meets it: all that a type declares at once, in {@link #verify},
 * and the classes of values in places declared as {@code Object}, or of subclasses, when the first one is written.
 *
 * <p>Thread-safe.
 */
final class TypeCheck {
    /** Of each class that is read property by property, the names of those that are. */
    private final Map<JavaType, Set<String>> read = new ConcurrentHashMap<>();

    /** Of each class that is written property by property, the names of those that stand for a field. */
    private final Map<Class<?>, Set<String>> stored = new ConcurrentHashMap<>();

    /** What makes a mapper ask this check. */
    JacksonModule module() {
        return new SimpleModule(TypeCheck.class.getName())
                .setDeserializerModifier(new ReadCheck(this))
                .setSerializerModifier(new WriteCheck(this));
    }

    /**
     * Looks at a type and all that it declares, in both directions.
     *
     * @param mapper one that asks this check
     * @throws KVSerializationException if values of the type cannot be written and read back
     */
    void verify(CBORMapper mapper, JavaType root) {
        requireKnown(root);
        mapper._deserializationContext().findRootValueDeserializer(root);
        SerializationContext context = mapper._serializationContext();
        for (Map.Entry<JavaType, Set<String>> entry : read.entrySet()) {
            verifyWriting(context, entry.getKey(), entry.getValue());
        }
    }

    /** A record without components has a serializer, a class without properties one that Jackson calls unknown. */
    private static void requireProperties(Class<?> c, SerializationContext context, ValueSerializer<?> serializer) {
        boolean noBean = serializer instanceof BeanSerializerBase
                && !serializer.properties().hasNext();
        if (noBean || context.isUnknownTypeSerializer(serializer)) {
            throw refusal(c, "it has no properties", "add components, fields or getters");
        }
    }

    private void verifyWriting(SerializationContext context, JavaType type, Set<String> readNames) {
        Class<?> c = type.getRawClass();
        requireProperties(c, context, context.findValueSerializer(type));
        for (String name : stored.getOrDefault(c, Set.of())) {
            if (!readNames.contains(name)) {
                throw refusal(
                        c,
                        "its property \"" + name + "\" would be written, but not read back",
                        "give it a setter or a constructor parameter, make its field non-final or transient, or"
                                + " annotate it with @JsonIgnore; a record has none of these troubles");
            }
        }
    }

    /** What Jackson would take for something else, or refuse in words of its own. */
    private static void requireKnown(JavaType type) {
        Class<?> c = type.getRawClass();
        if (c.getTypeParameters().length > 0 && !type.hasGenericTypes() && !type.isEnumType()) {
            throw refusal(
                    c,
                    "its type parameters are not given",
                    "use Serializers.of(new TypeRef<" + c.getSimpleName() + "<...>>() {})");
        }
        requireMakeable(c);
    }

    private static void requireMakeable(Class<?> c) {
        if (c.isAnonymousClass() || (c.isLocalClass() && !c.isRecord() && !c.isInterface())) {
            throw refusal(c, "it is a class inside a method", "move it out, or make it a record");
        }
        if (c.isMemberClass() && !Modifier.isStatic(c.getModifiers())) {
            throw refusal(
                    c,
                    "it is an inner class, which belongs to an object of "
                            + c.getEnclosingClass().getName(),
                    "make it static");
        }
    }

    static KVSerializationException refusal(Class<?> c, String why, String remedy) {
        return new KVSerializationException("cannot store values of " + c.getName() + ": " + why + "; " + remedy
                + ", or write a Serializer for it");
    }

    /** Looks at classes as a mapper first prepares to read them. */
    private static final class ReadCheck extends ValueDeserializerModifier {
        private static final long serialVersionUID = 1L;

        private final transient TypeCheck check;

        ReadCheck(TypeCheck check) {
            this.check = check;
        }

        @Override
        public ValueDeserializer<?> modifyDeserializer(
                DeserializationConfig config, BeanDescription.Supplier bean, ValueDeserializer<?> deserializer) {
            if (deserializer instanceof AbstractDeserializer) {
                requireTypeInfo(config, bean);
            } else if (deserializer instanceof BeanDeserializerBase reader) {
                Class<?> c = bean.getBeanClass();
                requireMakeable(c);
                ModuleAccess.requireClass(c);
                requireCreator(c, reader.getValueInstantiator());
                check.read.put(bean.getType(), propertyNames(reader));
            }
            return deserializer;
        }

        private static void requireTypeInfo(DeserializationConfig config, BeanDescription.Supplier bean) {
            if (config.getAnnotationIntrospector().findPolymorphicTypeInfo(config, bean.getClassInfo()) == null) {
                throw refusal(
                        bean.getBeanClass(),
                        "it is an interface or an abstract class, of which no value can be made",
                        "use a class or a record, or annotate it with @JsonTypeInfo(use = Id.NAME) and @JsonSubTypes");
            }
        }

        private static void requireCreator(Class<?> c, ValueInstantiator creator) {
            if (!creator.canInstantiate()) {
                throw refusal(
                        c,
                        "it has no constructor to call",
                        "give it one without parameters, annotate one with @JsonCreator, or make it a record");
            }
            if (creator.getDefaultCreator() != null) {
                ModuleAccess.requireMember(creator.getDefaultCreator().getMember());
            }
            if (creator.getWithArgsCreator() != null) {
                ModuleAccess.requireMember(creator.getWithArgsCreator().getMember());
            }
        }

        private static Set<String> propertyNames(BeanDeserializerBase reader) {
            Set<String> names = ConcurrentHashMap.newKeySet();
            for (Iterator<SettableBeanProperty> all = reader.properties(); all.hasNext(); ) {
                SettableBeanProperty property = all.next();
                AnnotatedMember member = property.getMember();
                if (member != null) {
                    ModuleAccess.requireMember(member.getMember());
                }
                names.add(property.getName());
            }
            return names;
        }
    }

    /** Looks at classes as a mapper first prepares to write them. */
    private static final class WriteCheck extends ValueSerializerModifier {
        private static final long serialVersionUID = 1L;

        private final transient TypeCheck check;

        WriteCheck(TypeCheck check) {
            this.check = check;
        }

        @Override
        public List<BeanPropertyWriter> changeProperties(
                SerializationConfig config, BeanDescription.Supplier bean, List<BeanPropertyWriter> properties) {
            Set<String> written =
                    properties.stream().map(BeanPropertyWriter::getName).collect(Collectors.toSet());
            check.stored.put(
                    bean.getBeanClass(),
                    bean.get().findProperties().stream()
                            .filter(BeanPropertyDefinition::hasField)
                            .map(BeanPropertyDefinition::getName)
                            .filter(written::contains)
                            .collect(Collectors.toSet()));
            return properties;
        }

        @Override
        public ValueSerializer<?> modifySerializer(
                SerializationConfig config, BeanDescription.Supplier bean, ValueSerializer<?> serializer) {
            if (serializer instanceof BeanSerializerBase) {
                ModuleAccess.requireClass(bean.getBeanClass());
                serializer
                        .properties()
                        .forEachRemaining(property -> ModuleAccess.requireMember(
                                property.getMember() == null
                                        ? null
                                        : property.getMember().getMember()));
            }
            return serializer;
        }
    }
}
