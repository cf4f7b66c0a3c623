package io.kvstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvstore.spi.KVDriver;
import io.kvstore.testing.Bytes;
import io.kvstore.testing.ChildJvm;
import io.kvstore.testing.DriverModules;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.ServiceConfigurationError;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Drivers of other jars and modules, which are compiled by the tests, are found wherever they lie. */
@Tag("module")
class DriverPathTest {
    @TempDir
    Path temp;

    private final ClassLoader before = Thread.currentThread().getContextClassLoader();

    @AfterEach
    void restore() {
        Thread.currentThread().setContextClassLoader(before);
    }

    private URLClassLoader loader(Path jar) throws IOException {
        return new URLClassLoader(new URL[] {jar.toUri().toURL()}, KVDriver.class.getClassLoader());
    }

    @Test
    void driverInAJarOfTheContextClassLoaderIsFound() throws IOException {
        Path jar = DriverModules.jar(temp, "other.EchoDriver");
        String url = "echo:" + temp + "?maxValueSize=5";
        assertThatThrownBy(() -> KVStore.open(url)).hasMessageContaining("no driver accepts the URL \"" + url + "\"");
        try (URLClassLoader loader = loader(jar)) {
            Thread.currentThread().setContextClassLoader(loader);
            Properties properties = new Properties();
            properties.setProperty("maxValueSize", "7");
            try (KVStore store = KVStore.open(url, properties);
                    KVStore same = KVStore.open("kvstore:mem:echo " + temp)) {
                store.put(Bytes.of("k"), new byte[7]);
                assertThat(same.get(Bytes.of("k"))).hasSize(7);
                assertThatThrownBy(() -> store.put(Bytes.of("k"), new byte[8])).isInstanceOf(KVException.class);
            }
            assertThatThrownBy(() -> KVStore.open("nobody:x"))
                    .hasMessageContainingAll("kvstore:file:PATH", "kvstore:mem:NAME", "other.EchoDriver");
        }
    }

    @Test
    void brokenDriversKeepNobodyFromWorking() throws IOException {
        Path jar = DriverModules.jar(
                temp,
                "other.AbsentDriver",
                "other.FailingDriver",
                "other.ThrowingDriver",
                "other.EchoDriver",
                "java.lang.String");
        try (URLClassLoader loader = loader(jar)) {
            Thread.currentThread().setContextClassLoader(loader);
            KVStore.open("echo:" + temp).close();
            KVStore.open("kvstore:mem:" + temp).close();
        }
    }

    @Test
    void brokenDriversAreToldOfWhenNobodyAccepts() throws IOException {
        Path jar = DriverModules.jar(
                temp, "other.AbsentDriver", "other.FailingDriver", "other.ThrowingDriver", "other.EchoDriver");
        try (URLClassLoader loader = loader(jar)) {
            Thread.currentThread().setContextClassLoader(loader);
            assertThatThrownBy(() -> KVStore.open("nobody:x")).isInstanceOfSatisfying(KVException.class, e -> {
                assertThat(e.code()).isEqualTo(KVErrorCode.INVALID_URL);
                assertThat(e)
                        .hasMessageContainingAll("\"nobody:x\"", "other.EchoDriver", "broken: 3", "other.AbsentDriver");
                assertThat(e).hasCauseInstanceOf(ServiceConfigurationError.class);
                assertThat(List.of(e.getSuppressed()))
                        .extracting(Throwable::toString)
                        .satisfiesExactlyInAnyOrder(
                                text -> assertThat(text).contains("other.FailingDriver"),
                                text -> assertThat(text).contains("other.ThrowingDriver", "does not look at URLs"));
            });
        }
    }

    @Test
    void driverThatOpensNothingIsNamed() throws IOException {
        try (URLClassLoader loader = loader(DriverModules.jar(temp, "other.NullDriver"))) {
            Thread.currentThread().setContextClassLoader(loader);
            assertThatThrownBy(() -> KVStore.open("null:x"))
                    .isInstanceOf(KVException.class)
                    .hasMessageContainingAll("other.NullDriver", "null:x");
        }
    }

    @Test
    void nothingOnThePathTakesTheBuiltInUrlsOver() throws IOException {
        try (URLClassLoader loader = loader(DriverModules.jar(temp, "other.GreedyDriver"))) {
            Thread.currentThread().setContextClassLoader(loader);
            KVStore.open("kvstore:file:" + temp.resolve("store")).close();
            assertThat(temp.resolve("store/kvstore.store")).exists();
        }
    }

    @Test
    void driverOnTheClassPathIsFound() throws IOException {
        Path jar = DriverModules.jar(temp, "other.EchoDriver");
        for (String context : new String[] {"own", "platform", "none"}) {
            assertThat(ChildJvm.runOnClassPath(List.of(jar), Opener.class, context))
                    .isEqualTo("opened 1 on class path");
        }
    }

    /** Opens a store by URL, with another context class loader than usual. */
    static final class Opener {
        public static void main(String[] args) {
            switch (args[0]) {
                case "platform" -> Thread.currentThread().setContextClassLoader(ClassLoader.getPlatformClassLoader());
                case "none" -> Thread.currentThread().setContextClassLoader(null);
                default -> {}
            }
            try (KVStore store = KVStore.open("echo:x");
                    KVStore memory = KVStore.open("kvstore:mem:y")) {
                store.put(Bytes.of("k"), Bytes.of("v"));
                memory.put(Bytes.of("k"), Bytes.of("v"));
                String path = KVStore.class.getModule().isNamed() ? " on module path" : " on class path";
                System.out.println("opened " + store.size() + path);
            }
        }
    }

    @Test
    void driverOfAModuleIsFound() throws IOException {
        Path modules = DriverModules.modules(temp);
        assertThat(ChildJvm.runModule(modules, "application/application.Main")).isEqualTo("opened 1 on module path");
    }
}
