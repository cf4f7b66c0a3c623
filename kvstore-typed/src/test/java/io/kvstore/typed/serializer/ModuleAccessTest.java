package io.kvstore.typed.serializer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Classes of a real named module, compiled and loaded here: which may be stored, and what the error says of the others.
 */
@Tag("module")
class ModuleAccessTest {
    private static final Map<String, String> SOURCES = Map.of(
            "module-info.java",
            """
            module shop {
                requires com.fasterxml.jackson.annotation;
                exports shop.exported;
                opens shop.opened to tools.jackson.databind;
            }
            """,
            "shop/closed/Order.java",
            "package shop.closed; public record Order(String id) {}",
            "shop/exported/Order.java",
            "package shop.exported; public record Order(String id, java.util.List<Line> lines) {}",
            "shop/exported/Line.java",
            "package shop.exported; public record Line(int count) {}",
            "shop/exported/Hidden.java",
            "package shop.exported; record Hidden(String id) {}",
            "shop/exported/Bean.java",
            "package shop.exported; public class Bean { private int x; public int getX() { return x; } }",
            "shop/exported/Guarded.java",
            "package shop.exported; public class Guarded { public int x; Guarded() {} }",
            "shop/exported/Holder.java",
            "package shop.exported; public record Holder(java.util.Map<String, shop.closed.Order> orders) {}",
            "shop/opened/Order.java",
            """
            package shop.opened;
            record Order(@com.fasterxml.jackson.annotation.JsonAlias("id") String number, int count) {}
            """,
            "shop/opened/Bean.java",
            "package shop.opened; class Bean { private int count; private Bean() {} }");

    private static ClassLoader loader;

    @BeforeAll
    static void compileAndLoad(@TempDir Path temp) throws IOException {
        Path classes = Files.createDirectory(temp.resolve("classes"));
        for (Map.Entry<String, String> source : SOURCES.entrySet()) {
            Path file = temp.resolve("src").resolve(source.getKey());
            Files.createDirectories(file.getParent());
            Files.writeString(file, source.getValue());
        }
        List<String> arguments = new ArrayList<>(List.of(
                "-d", classes.toString(), "--release", "17", "--module-path", System.getProperty("jdk.module.path")));
        SOURCES.keySet()
                .forEach(name -> arguments.add(temp.resolve("src").resolve(name).toString()));
        StringWriter out = new StringWriter();
        PrintWriter writer = new PrintWriter(out);
        int status =
                ToolProvider.findFirst("javac").orElseThrow().run(writer, writer, arguments.toArray(String[]::new));
        assertThat(status).as(out.toString()).isZero();

        ModuleLayer boot = ModuleLayer.boot();
        Configuration configuration =
                boot.configuration().resolve(ModuleFinder.of(classes), ModuleFinder.of(), Set.of("shop"));
        loader = boot.defineModulesWithOneLoader(configuration, ClassLoader.getSystemClassLoader())
                .findLoader("shop");
        // Load what the tests name: the folder is deleted afterwards.
        for (String name : SOURCES.keySet()) {
            if (name.contains("/")) {
                load(name.replace('/', '.').replace(".java", ""));
            }
        }
    }

    @Test
    void theTestRunsOnTheModulePath() {
        assertThat(Serializers.class.getModule().getName()).isEqualTo("io.kvstore.typed");
        assertThat(load("shop.closed.Order").getModule().getName()).isEqualTo("shop");
    }

    @Test
    void aPackageThatIsNotExportedIsRefusedWithBothLines() {
        refused(
                "shop.closed.Order",
                "cannot store values of shop.closed.Order: the class in module shop is closed to the serializer; add"
                        + " \"opens shop.closed to tools.jackson.databind;\" or \"exports shop.closed;\" to the"
                        + " module-info of shop");
    }

    @Test
    void aClassThatIsNotPublicNeedsAnOpenPackage() {
        refused(
                "shop.exported.Hidden",
                "cannot store values of shop.exported.Hidden: the non-public class in module shop is closed to the"
                        + " serializer; add \"opens shop.exported to tools.jackson.databind;\" to the module-info of shop");
    }

    @Test
    void privateMembersNeedAnOpenPackage() {
        refused(
                "shop.exported.Bean",
                "cannot store values of shop.exported.Bean: its non-public x in module shop is closed to the"
                        + " serializer; add \"opens shop.exported to tools.jackson.databind;\" to the module-info of shop");
        refused(
                "shop.exported.Guarded",
                "cannot store values of shop.exported.Guarded: its non-public constructor in module shop is closed to"
                        + " the serializer; add \"opens shop.exported to tools.jackson.databind;\" to the module-info of"
                        + " shop");
    }

    @Test
    void classesWithinAreLookedAtToo() {
        refused(
                "shop.exported.Holder",
                "cannot store values of shop.closed.Order: the class in module shop is closed to the serializer; add"
                        + " \"opens shop.closed to tools.jackson.databind;\" or \"exports shop.closed;\" to the"
                        + " module-info of shop");
    }

    @Test
    void publicRecordsOfAnExportedPackageNeedNothing() {
        comesBack(
                "shop.exported.Order",
                "bf626964613165" + "6c696e657381bf65636f756e7402ffff",
                "Order[id=1, lines=[Line[count=2]]]");
    }

    @Test
    void anOpenPackageHidesNothingAndAnnotationsWork() {
        Serializer<?> serializer = Serializers.of(load("shop.opened.Order"));
        Object old = serializer.deserialize(HexFormat.of().parseHex("bf6269646131ff")); // {id: "1"}
        assertThat(old).hasToString("Order[number=1, count=0]");
        comesBack("shop.opened.Order", "bf65636f756e7402666e756d6265726131ff", "Order[number=1, count=2]");
        comesBack("shop.opened.Bean", "bf65636f756e7402ff", null);
    }

    private static void refused(String name, String message) {
        assertThatExceptionOfType(KVSerializationException.class)
                .isThrownBy(() -> Serializers.of(load(name)))
                .withMessage(message);
    }

    private static void comesBack(String name, String hex, String text) {
        @SuppressWarnings("unchecked")
        Serializer<Object> serializer = (Serializer<Object>) Serializers.of(load(name));
        Object value = serializer.deserialize(HexFormat.of().parseHex(hex));
        if (text != null) {
            assertThat(value).hasToString(text);
        }
        assertThat(HexFormat.of().formatHex(serializer.serialize(value))).isEqualTo(hex);
    }

    private static Class<?> load(String name) {
        try {
            return loader.loadClass(name);
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }
}
