package io.kvstore.typed.serializer;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.JsonFormat;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZonedDateTime;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamWriteConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.util.JsonRecyclerPools;
import tools.jackson.databind.DatabindContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.jsontype.PolymorphicTypeValidator;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.dataformat.cbor.CBORFactory;
import tools.jackson.dataformat.cbor.CBORMapper;
import tools.jackson.dataformat.cbor.CBORReadFeature;
import tools.jackson.dataformat.cbor.CBORWriteFeature;

/**
 * How values look in CBOR. These settings are the format: bytes written under one of them must stay readable. Set are
 * also those that Jackson has as its default today.
 */
final class CborFormat {
    /** How deep objects, lists and maps may be nested, read or written. */
    static final int MAX_DEPTH = 256;

    /**
     * The longest text, name and number read, and the longest document, in bytes: as long as a value of the store can
     * be, so that whatever was written can be read. The parser takes memory for what is there, not for what a length
     * claims.
     */
    private static final int MAX_LENGTH = 1 << 30;

    private CborFormat() {}

    /** A mapper. Types go through the check when first used. */
    static CBORMapper mapper(TypeCheck check) {
        CBORMapper.Builder builder = CBORMapper.builder(factory());
        keepEvolutionOpen(builder);
        takeNothingForAnother(builder);
        makeBytesCanonical(builder);
        setTimes(builder);
        return builder.polymorphicTypeValidator(new NoClassNames())
                .addModule(check.module())
                .build();
    }

    /**
     * Names are not kept from one document to the next: with it, maps of ever new keys cost more than ten times as
     * much, up to an error when too many share a hash, and for properties it gains little.
     */
    private static CBORFactory factory() {
        return CBORFactory.builder()
                .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
                .recyclerPool(JsonRecyclerPools.threadLocalPool())
                .enable(
                        CBORWriteFeature.WRITE_MINIMAL_INTS,
                        CBORWriteFeature.ENCODE_USING_STANDARD_NEGATIVE_BIGINT_ENCODING)
                .disable(
                        CBORWriteFeature.WRITE_TYPE_HEADER,
                        CBORWriteFeature.WRITE_MINIMAL_DOUBLES,
                        CBORWriteFeature.STRINGREF,
                        CBORWriteFeature.LENIENT_UTF_ENCODING)
                .enable(CBORReadFeature.DECODE_USING_STANDARD_NEGATIVE_BIGINT_ENCODING)
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(MAX_DEPTH)
                        .maxDocumentLength(MAX_LENGTH)
                        .maxStringLength(MAX_LENGTH)
                        .maxNameLength(MAX_LENGTH)
                        .maxNumberLength(MAX_LENGTH)
                        .build())
                .streamWriteConstraints(StreamWriteConstraints.builder()
                        .maxNestingDepth(MAX_DEPTH)
                        .build())
                .build();
    }

    private static void keepEvolutionOpen(CBORMapper.Builder builder) {
        builder.disable(
                DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                DeserializationFeature.FAIL_ON_IGNORED_PROPERTIES,
                DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
                DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
                DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES);
    }

    /** Text is no number, a fraction no whole number: a property that changed its type shows, instead of other data. */
    private static void takeNothingForAnother(CBORMapper.Builder builder) {
        builder.enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS, DeserializationFeature.FAIL_ON_INVALID_SUBTYPE);
        builder.disable(
                DeserializationFeature.ACCEPT_FLOAT_AS_INT,
                DeserializationFeature.ACCEPT_SINGLE_VALUE_AS_ARRAY,
                DeserializationFeature.ACCEPT_EMPTY_STRING_AS_NULL_OBJECT,
                DeserializationFeature.ACCEPT_EMPTY_ARRAY_AS_NULL_OBJECT);
        builder.disable(
                MapperFeature.ALLOW_COERCION_OF_SCALARS,
                MapperFeature.ALLOW_FINAL_FIELDS_AS_MUTATORS,
                MapperFeature.USE_GETTERS_AS_SETTERS);
        builder.disable(
                EnumFeature.READ_UNKNOWN_ENUM_VALUES_AS_NULL, EnumFeature.READ_UNKNOWN_ENUM_VALUES_USING_DEFAULT_VALUE);
        builder.enable(SerializationFeature.FAIL_ON_EMPTY_BEANS, SerializationFeature.FAIL_ON_SELF_REFERENCES);
    }

    /**
     * {@link CanonicalForm} sees to maps and sets: the order of Jackson's own would lose keys that compare as equal.
     */
    private static void makeBytesCanonical(CBORMapper.Builder builder) {
        builder.enable(
                MapperFeature.SORT_PROPERTIES_ALPHABETICALLY, MapperFeature.INFER_RECORD_GETTERS_FROM_COMPONENTS_ONLY);
        builder.disable(MapperFeature.SORT_CREATOR_PROPERTIES_FIRST);
        builder.disable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);
        builder.addModule(new SimpleModule(CanonicalForm.class.getName()).setSerializerModifier(new CanonicalForm()));
        builder.disable(EnumFeature.WRITE_ENUMS_USING_TO_STRING, EnumFeature.READ_ENUMS_USING_TO_STRING);
        builder.enable(EnumFeature.FAIL_ON_NUMBERS_FOR_ENUMS);
        // No field is left out for want of a getter.
        builder.changeDefaultVisibility(rules -> rules.withFieldVisibility(Visibility.ANY));
    }

    private static void setTimes(CBORMapper.Builder builder) {
        builder.enable(
                DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS,
                DateTimeFeature.WRITE_DURATIONS_AS_TIMESTAMPS,
                DateTimeFeature.WRITE_DATE_TIMESTAMPS_AS_NANOSECONDS,
                DateTimeFeature.READ_DATE_TIMESTAMPS_AS_NANOSECONDS,
                DateTimeFeature.WRITE_DATES_WITH_ZONE_ID);
        builder.disable(
                DateTimeFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE,
                DateTimeFeature.NORMALIZE_DESERIALIZED_ZONE_ID,
                DateTimeFeature.WRITE_DATES_WITH_CONTEXT_TIME_ZONE,
                DateTimeFeature.WRITE_DATE_KEYS_AS_TIMESTAMPS);
        // As numbers they would lose their zone.
        JsonFormat.Value text = JsonFormat.Value.forShape(JsonFormat.Shape.STRING);
        builder.withConfigOverride(ZonedDateTime.class, config -> config.setFormat(text));
        builder.withConfigOverride(OffsetDateTime.class, config -> config.setFormat(text));
        builder.withConfigOverride(OffsetTime.class, config -> config.setFormat(text));
    }

    /** Refuses types whose bytes would name a class to make, whatever the class. */
    private static final class NoClassNames extends PolymorphicTypeValidator.Base {
        private static final long serialVersionUID = 1L;

        @Override
        public Validity validateBaseType(DatabindContext context, JavaType baseType) {
            throw new KVSerializationException("cannot store values of " + baseType.toCanonical()
                    + ": their bytes would name the class to make; use names: @JsonTypeInfo(use = Id.NAME)");
        }
    }
}
