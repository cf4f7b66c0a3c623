package io.kvstore.typed.serializer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.kvstore.KVErrorCode;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Types that would lose data, or fail at the first value, are refused when their serializer is made. */
class TypeCheckTest {
    public record Empty() {}

    public static class NoProperties {
        static final int CONSTANT = 1;
        transient int cached;
    }

    @Test
    void noProperties() {
        refused(() -> Serializers.of(Empty.class), "Empty", "no properties");
        refused(() -> Serializers.of(NoProperties.class), "NoProperties", "no properties");
        refused(() -> Serializers.of(new TypeRef<List<Empty>>() {}), "Empty", "no properties");
    }

    public class Inner {
        public int x;
    }

    public record HoldsInner(Inner inner) {}

    @Test
    void innerClasses() {
        refused(() -> Serializers.of(Inner.class), "Inner", "inner class", "static");
        refused(() -> Serializers.of(HoldsInner.class), "Inner", "inner class", "static");
        class Local {
            public int x;
        }
        refused(() -> Serializers.of(Local.class), "Local", "inside a method");
        refused(() -> Serializers.of(new Object() {}.getClass()), "inside a method");
    }

    public interface Shape {
        int corners();
    }

    public sealed interface Sealed permits One {}

    public record One(int x) implements Sealed {}

    public abstract static class Abstract {
        public int x;
    }

    public record HoldsShape(List<Map<String, Shape>> shapes) {}

    @Test
    void interfacesAndAbstractClasses() {
        refused(() -> Serializers.of(Shape.class), "Shape", "interface", "@JsonSubTypes");
        refused(() -> Serializers.of(Sealed.class), "Sealed", "interface", "@JsonSubTypes");
        refused(() -> Serializers.of(Abstract.class), "Abstract", "abstract");
        refused(() -> Serializers.of(HoldsShape.class), "Shape", "interface");
        refused(() -> Serializers.of(new TypeRef<Supplier<String>>() {}), "Supplier", "interface");
        refused(() -> Serializers.of(InputStream.class), "InputStream", "abstract");
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.CLASS)
    public interface NamesClasses {}

    public record NamesClassesOfObjects(
            @JsonTypeInfo(use = JsonTypeInfo.Id.MINIMAL_CLASS)
            Object any) {}

    @Test
    void classNamesInData() {
        refused(() -> Serializers.of(NamesClasses.class), "NamesClasses", "Id.NAME");
        refused(() -> Serializers.of(NamesClassesOfObjects.class), "Object", "Id.NAME");
    }

    public static class NoConstructor {
        public int x;

        private NoConstructor(int first, String second) {
            x = first + second.length();
        }
    }

    public static class AnnotatedConstructor {
        private final int x;

        @JsonCreator
        public AnnotatedConstructor(@JsonProperty("x") int x) {
            this.x = x;
        }

        public int getX() {
            return x;
        }
    }

    @Test
    void constructors() {
        refused(() -> Serializers.of(NoConstructor.class), "NoConstructor", "constructor", "record");
        Serializer<AnnotatedConstructor> serializer = Serializers.of(AnnotatedConstructor.class);
        assertThat(serializer
                        .deserialize(serializer.serialize(new AnnotatedConstructor(5)))
                        .getX())
                .isEqualTo(5);
    }

    public static class FinalList {
        private final List<String> lines = new ArrayList<>();

        public List<String> getLines() {
            return lines;
        }

        public int getCount() {
            return lines.size();
        }
    }

    public record HoldsFinalList(Map<String, FinalList> lists) {}

    public static class ComputedOnly {
        public int x;

        @JsonIgnore
        private final List<String> cache = new ArrayList<>();

        public int getDouble() {
            return 2 * x;
        }
    }

    @Test
    void propertiesThatWouldNotBeReadBack() {
        refused(() -> Serializers.of(FinalList.class), "FinalList", "\"lines\"", "not read back");
        refused(() -> Serializers.of(HoldsFinalList.class), "FinalList", "\"lines\"", "not read back");
        assertThatCode(() -> Serializers.of(ComputedOnly.class)).doesNotThrowAnyException();
    }

    @Test
    void classesOfTheJdkWithoutAFormInBytes() {
        refused(() -> Serializers.of(Thread.class), "java.lang.Thread", "JDK", "record");
        refused(() -> Serializers.of(BitSet.class), "java.util.BitSet", "JDK");
        refused(() -> Serializers.of(ReentrantLock.class), "ReentrantLock", "JDK");
        refused(() -> Serializers.of(IllegalStateException.class), "IllegalStateException", "JDK");
    }

    public record HoldsAny(Object any) {}

    @Test
    void valuesInPlacesDeclaredAsObjectAreRefusedWhenWritten() {
        Serializer<HoldsAny> serializer = Serializers.of(HoldsAny.class);
        refused(() -> serializer.serialize(new HoldsAny(new Object())), "HoldsAny", "any");
        refused(() -> serializer.serialize(new HoldsAny(new BitSet())), "BitSet", "JDK");
    }

    public record Key(int a, int b) {}

    @Test
    void generics() {
        refused(() -> Serializers.of(List.class), "java.util.List", "TypeRef<List<...>>");
        refused(() -> Serializers.of(new TypeRef<Map<Key, String>>() {}), "Key");
    }

    public record Picky(int x) {
        public Picky {
            if (x < 0) {
                throw new IllegalArgumentException("x is negative");
            }
        }
    }

    @Test
    void theErrorOfAConstructorIsKept() {
        assertThatExceptionOfType(KVSerializationException.class)
                .isThrownBy(() -> Serializers.of(Picky.class).deserialize(new byte[] {(byte) 0xA1, 0x61, 'x', 0x20}))
                .withMessageContaining("x is negative")
                .withStackTraceContaining("IllegalArgumentException");
    }

    private static void refused(ThrowingCallable call, String... parts) {
        assertThatExceptionOfType(KVSerializationException.class)
                .isThrownBy(call)
                .satisfies(e -> assertThat(e.code()).isEqualTo(KVErrorCode.SERIALIZATION))
                .satisfies(e -> assertThat(e.getMessage()).contains(parts));
    }
}
