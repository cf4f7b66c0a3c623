package io.kvstore.internal;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.MethodCallTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.kvstore.KVStore;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.FileReader;
import java.io.FileWriter;
import java.io.RandomAccessFile;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The map of the code: who may know whom, and who may touch the file system. */
class ArchitectureTest {
    private static final String API = "io.kvstore";
    private static final String SPI = "io.kvstore.spi..";
    private static final String INTERNAL = "io.kvstore.internal";

    /** Each package may know those before it. */
    private static final List<String> ORDER =
            List.of("event", "file", "format", "log", "index", "recovery", "merge", "txn", "engine");

    private static final JavaClasses CLASSES = ArchConfiguration.withThreadLocalScope(configuration -> {
        // The rules go by the names of JDK types; to read the types themselves takes seconds.
        configuration.setResolveMissingDependenciesFromClassPath(false);
        return new ClassFileImporter().importPath(mainClasses());
    });

    private static Path mainClasses() {
        try {
            return Path.of(KVStore.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String internal(String name) {
        return INTERNAL + "." + name + "..";
    }

    @Test
    void orderNamesEveryPackage() {
        Set<String> packages = new TreeSet<>();
        for (JavaClass type : CLASSES) {
            packages.add(type.getPackageName());
        }
        Set<String> expected = new TreeSet<>(List.of(API));
        ORDER.forEach(name -> expected.add(INTERNAL + "." + name));
        packages.remove("io.kvstore.spi");
        assertThat(packages).isEqualTo(expected);
    }

    @Test
    void internalPackagesKnowOnlyThoseBeforeThem() {
        for (int i = 0; i < ORDER.size(); i++) {
            List<String> allowed = new ArrayList<>(List.of(API, SPI));
            ORDER.subList(0, i + 1).forEach(name -> allowed.add(internal(name)));
            noClasses()
                    .that()
                    .resideInAPackage(internal(ORDER.get(i)))
                    .should()
                    .dependOnClassesThat(resideInAPackage("io.kvstore..")
                            .and(not(resideInAnyPackage(allowed.toArray(String[]::new)))))
                    .check(CLASSES);
        }
    }

    @Test
    void formatKnowsNoOtherInternalPackage() {
        noClasses()
                .that()
                .resideInAPackage(internal("format"))
                .should()
                .dependOnClassesThat(resideInAPackage(INTERNAL + "..").and(not(resideInAPackage(internal("format")))))
                .check(CLASSES);
    }

    @Test
    void internalPackagesHaveNoCycles() {
        slices().matching(INTERNAL + ".(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void apiKnowsNothingInternalButForTheOpeningOfAStore() {
        noClasses()
                .that(resideInAnyPackage(API, SPI).and(not(type(KVStore.class))))
                .should()
                .dependOnClassesThat(resideInAPackage(INTERNAL + ".."))
                .check(CLASSES);
        noClasses()
                .that(type(KVStore.class))
                .should()
                .dependOnClassesThat(resideInAPackage(INTERNAL + "..").and(not(resideInAPackage(internal("engine")))))
                .check(CLASSES);
    }

    @Test
    void publicSignaturesOfTheApiShowNothingInternal() {
        for (JavaClass type : CLASSES.that(resideInAnyPackage(API, SPI).and(isPublic()))) {
            assertThat(shownTypes(type.reflect()))
                    .as("types in signatures of %s", type.getName())
                    .noneMatch(name -> name.contains(INTERNAL));
        }
    }

    private static DescribedPredicate<JavaClass> isPublic() {
        return describe("public", type -> type.getModifiers().contains(JavaModifier.PUBLIC));
    }

    private static Set<String> shownTypes(Class<?> type) {
        List<Type> shown = new ArrayList<>();
        shown.addAll(List.of(type.getGenericInterfaces()));
        shown.addAll(List.of(type.getInterfaces()));
        shown.add(type.getSuperclass());
        shown.addAll(List.of(type.getTypeParameters()));
        Class<?>[] permitted = type.getPermittedSubclasses();
        shown.addAll(permitted == null ? List.of() : List.of(permitted));
        for (Field field : type.getDeclaredFields()) {
            if (isShown(field.getModifiers())) {
                shown.add(field.getGenericType());
            }
        }
        Constructor<?>[] constructors = type.getDeclaredConstructors();
        Stream.concat(Stream.of(constructors), Stream.of(type.getDeclaredMethods()))
                .filter(executable -> isShown(executable.getModifiers()))
                .forEach(executable -> addSignature(shown, executable));
        Set<String> names = new TreeSet<>();
        shown.forEach(part -> addNames(names, part));
        return names;
    }

    private static boolean isShown(int modifiers) {
        return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
    }

    private static void addSignature(List<Type> shown, Executable executable) {
        shown.addAll(List.of(executable.getGenericParameterTypes()));
        shown.addAll(List.of(executable.getGenericExceptionTypes()));
        shown.addAll(List.of(executable.getTypeParameters()));
        if (executable instanceof Method method) {
            shown.add(method.getGenericReturnType());
        }
    }

    private static void addNames(Set<String> names, Type type) {
        if (type instanceof ParameterizedType parameterized) {
            addNames(names, parameterized.getRawType());
            Stream.of(parameterized.getActualTypeArguments()).forEach(argument -> addNames(names, argument));
        } else if (type instanceof GenericArrayType array) {
            addNames(names, array.getGenericComponentType());
        } else if (type instanceof WildcardType wildcard) {
            Stream.of(wildcard.getUpperBounds()).forEach(bound -> addNames(names, bound));
            Stream.of(wildcard.getLowerBounds()).forEach(bound -> addNames(names, bound));
        } else if (type instanceof TypeVariable<?> variable) {
            names.add(variable.getBounds()[0].getTypeName());
        } else if (type != null) {
            names.add(type.getTypeName());
        }
    }

    @Test
    void onlyTheFilePackageTouchesTheFileSystem() {
        DescribedPredicate<JavaClass> fileAccess = resideInAnyPackage(
                        "java.nio.channels..", "java.nio.file.attribute..", "java.nio.file.spi..")
                .or(type(RandomAccessFile.class))
                .or(type(FileSystem.class))
                .or(type(FileSystems.class))
                .or(type(FileStore.class))
                .or(type(Files.class))
                .or(type(FileInputStream.class))
                .or(type(FileOutputStream.class))
                .or(type(FileReader.class))
                .or(type(FileWriter.class))
                .or(type(File.class));
        noClasses()
                .that(not(resideInAPackage(internal("file"))).and(not(type(storeHome()))))
                .should()
                .dependOnClassesThat(fileAccess)
                .check(CLASSES);
        noClasses()
                .that(type(storeHome()))
                .should()
                .dependOnClassesThat(fileAccess.and(not(type(Files.class))))
                .check(CLASSES);
    }

    /** A path tells of itself; these of its methods ask the file system. */
    @Test
    void onlyTheFilePackageAsksTheFileSystemThroughAPath() {
        Set<String> asking = Set.of("toRealPath", "toFile", "register");
        noClasses()
                .that(not(resideInAPackage(internal("file"))))
                .should()
                .callMethodWhere(describe(
                        "a path is looked up",
                        call -> call.getTargetOwner().isEquivalentTo(Path.class) && asking.contains(call.getName())))
                .check(CLASSES);
    }

    /** It asks of a path, before there is a directory to open, whether there is anything at all; it changes nothing. */
    @Test
    void storeHomeOnlyLooksWhetherThereIsADirectory() {
        classes()
                .that(type(storeHome()))
                .should(new ArchCondition<JavaClass>("call only exists and isDirectory of Files") {
                    @Override
                    public void check(JavaClass type, ConditionEvents events) {
                        for (JavaMethodCall call : type.getMethodCallsFromSelf()) {
                            boolean allowed = !call.getTargetOwner().isEquivalentTo(Files.class)
                                    || Set.of("exists", "isDirectory").contains(call.getName());
                            events.add(new SimpleConditionEvent(call, allowed, call.getDescription()));
                        }
                    }
                })
                .check(CLASSES);
    }

    private static Class<?> storeHome() {
        return CLASSES.get(INTERNAL + ".engine.StoreHome").reflect();
    }

    @Test
    void onlyTheFilePackageHoldsMappedMemory() {
        noClasses()
                .that(not(resideInAPackage(internal("file"))))
                .should()
                .dependOnClassesThat(type(MappedByteBuffer.class))
                .check(CLASSES);
    }

    /** On a page that cannot be read, these end the process instead of throwing. */
    @Test
    void checksumsAndComparisonsRunOnHeapArraysOnly() {
        Set<String> buffers = Set.of(ByteBuffer.class.getName(), MappedByteBuffer.class.getName());
        DescribedPredicate<JavaMethodCall> onBuffer = describe("a checksum or comparison of a buffer", call -> {
            MethodCallTarget target = call.getTarget();
            boolean checksum = target.getOwner().getPackageName().equals("java.util.zip")
                    && target.getRawParameterTypes().stream().anyMatch(type -> buffers.contains(type.getName()));
            boolean comparison = buffers.contains(target.getOwner().getName())
                    && Set.of("mismatch", "equals", "compareTo", "hashCode").contains(target.getName());
            return checksum || comparison;
        });
        noClasses().should().callMethodWhere(onBuffer).check(CLASSES);
    }

    @Test
    void nothingUsesReflectionOrInternalsOfTheJdk() {
        noClasses()
                .should()
                .dependOnClassesThat(resideInAnyPackage("sun..", "jdk.internal..", "java.lang.reflect.."))
                .check(CLASSES);
    }
}
