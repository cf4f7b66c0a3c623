package io.kvstore.typed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.kvstore.KVStore;
import io.kvstore.typed.serializer.KVSerializationException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real named module that keeps its records in collections, compiled and loaded here. */
@Tag("module")
class ModuleTest {
    private static final Map<String, String> SOURCES = Map.of(
            "module-info.java",
            """
            module shop {
                requires io.kvstore.typed;
                exports shop;
                exports shop.exported;
                opens shop.opened to tools.jackson.databind;
            }
            """,
            "shop/exported/Order.java",
            "package shop.exported; public record Order(String id, java.util.List<Long> lines) {}",
            "shop/opened/Job.java",
            "package shop.opened; public record Job(shop.exported.Order order) {}",
            "shop/closed/Secret.java",
            "package shop.closed; public record Secret(String id) {}",
            "shop/Shop.java",
            """
            package shop;

            import io.kvstore.KVStore;
            import io.kvstore.typed.*;
            import io.kvstore.typed.serializer.TypeRef;
            import java.util.List;
            import java.util.function.Function;
            import shop.closed.Secret;
            import shop.exported.Order;
            import shop.opened.Job;

            public final class Shop implements Function<KVStore, String> {
                @Override
                public String apply(KVStore store) {
                    TypedStore typed = TypedStore.of(store);
                    Order order = new Order("a", List.of(1L, 2L));
                    typed.transact(tx -> {
                        tx.map("orders", String.class, Order.class).put(order.id(), order);
                        tx.queue("jobs", Job.class).add(new Job(order));
                        tx.multimap("index", new TypeRef<List<Long>>() {}, Order.class).put(order.lines(), order);
                        return tx.set("seen", Order.class).add(order);
                    });
                    return typed.map("orders", String.class, Order.class).get("a")
                            + " " + typed.queue("jobs", Job.class).poll()
                            + " " + typed.set("seen", Order.class).contains(order);
                }

                public static final class Closed implements Function<KVStore, String> {
                    @Override
                    public String apply(KVStore store) {
                        return TypedStore.of(store).set("secrets", Secret.class).toString();
                    }
                }
            }
            """);

    private static ClassLoader loader;

    @BeforeAll
    static void compileAndLoad(@TempDir Path temp) throws IOException, ClassNotFoundException {
        Path classes = Files.createDirectory(temp.resolve("classes"));
        Path core = location(KVStore.class);
        List<String> arguments = new ArrayList<>(List.of(
                "-d",
                classes.toString(),
                "--release",
                "17",
                "--module-path",
                String.join(
                        java.io.File.pathSeparator,
                        System.getProperty("jdk.module.path"),
                        core.toString(),
                        location(TypedStore.class).toString())));
        for (Map.Entry<String, String> source : SOURCES.entrySet()) {
            Path file = temp.resolve("src").resolve(source.getKey());
            Files.createDirectories(file.getParent());
            Files.writeString(file, source.getValue());
            arguments.add(file.toString());
        }
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
        for (String name : SOURCES.keySet()) {
            if (name.contains("/")) {
                loader.loadClass(name.replace('/', '.').replace(".java", ""));
            }
        }
        loader.loadClass("shop.Shop$1");
        loader.loadClass("shop.Shop$Closed");
    }

    private static Path location(Class<?> type) {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().getPath());
    }

    @SuppressWarnings("unchecked")
    private static String run(String name, Path directory) {
        Callable<Function<KVStore, String>> make = () -> (Function<KVStore, String>)
                loader.loadClass(name).getConstructor().newInstance();
        try (KVStore store = KVStore.open(directory)) {
            return make.call().apply(store);
        } catch (KVSerializationException e) {
            throw e;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void recordsOfExportedAndOpenPackagesAreKept(@TempDir Path directory) {
        assertThat(TypedStore.class.getModule().getName()).isEqualTo("io.kvstore.typed");
        assertThat(run("shop.Shop", directory))
                .isEqualTo("Order[id=a, lines=[1, 2]] Job[order=Order[id=a, lines=[1, 2]]] true");
    }

    @Test
    void aClosedPackageIsRefusedWithTheLineThatIsMissing(@TempDir Path directory) {
        assertThatExceptionOfType(KVSerializationException.class)
                .isThrownBy(() -> run("shop.Shop$Closed", directory))
                .withMessageContaining("\"opens shop.closed to tools.jackson.databind;\"");
    }
}
