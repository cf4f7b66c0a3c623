package io.kvstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvstore.testing.Bytes;
import io.kvstore.testing.ChildJvm;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.management.Attribute;
import javax.management.JMException;
import javax.management.JMX;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanRegistrationException;
import javax.management.MBeanServer;
import javax.management.MBeanServerBuilder;
import javax.management.MBeanServerDelegate;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bean of a store that was opened with {@code jmx}. */
class JmxTest {
    private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();

    @TempDir
    Path temp;

    private ObjectName name() throws JMException {
        return new ObjectName("io.kvstore:type=KVStore,path=" + ObjectName.quote(temp.toString()));
    }

    private String url(String options) {
        return "kvstore:file:" + temp + "?" + options;
    }

    @Test
    void storeIsABeanWhileItIsOpenIfAsked() throws JMException {
        KVStore store = KVStore.open(url("jmx=true"));
        store.put(Bytes.of("k"), Bytes.of("v"));
        store.get(Bytes.of("k"));
        KVStoreMXBean bean = JMX.newMXBeanProxy(server, name(), KVStoreMXBean.class);
        assertThat(bean.getKeys()).isEqualTo(1);
        assertThat(bean.getPuts()).isEqualTo(1);
        assertThat(bean.getHits()).isEqualTo(1);
        assertThat(bean.getPath()).isEqualTo(temp.toString());
        bean.sync();
        bean.merge();
        store.close();
        assertThat(server.isRegistered(name())).isFalse();
    }

    @Test
    void everyAttributeCanBeRead() throws JMException {
        try (KVStore store = KVStore.open(temp, KVOptions.builder().jmx(true).build())) {
            store.put(Bytes.of("k"), Bytes.of("v"));
            Set<String> names = new HashSet<>();
            for (MBeanAttributeInfo attribute : server.getMBeanInfo(name()).getAttributes()) {
                names.add(attribute.getName());
            }
            Set<String> read = new HashSet<>();
            for (Attribute attribute :
                    server.getAttributes(name(), names.toArray(String[]::new)).asList()) {
                assertThat(attribute.getValue()).as(attribute.getName()).isNotNull();
                read.add(attribute.getName());
            }
            // All components of the figures but the list of segments; the path; and the write amplification.
            assertThat(read).isEqualTo(names).hasSize(KVStats.class.getRecordComponents().length - 1 + 2);
        }
    }

    @Test
    void storeIsNoBeanUnlessAsked() throws JMException {
        try (KVStore store = KVStore.open(temp)) {
            assertThat(server.isRegistered(name())).isFalse();
            assertThat(store.size()).isZero();
        }
    }

    @Test
    void secondReaderGoesWithoutAndLeavesTheFirstItsBean() throws JMException {
        KVStore.open(temp).close();
        try (KVStore first = KVStore.open(url("readOnly=true&jmx=true"))) {
            KVStore.open(url("readOnly=true&jmx=true")).close();
            assertThat(server.isRegistered(name())).isTrue();
            assertThat(first.size()).isZero();
        }
        assertThat(server.isRegistered(name())).isFalse();
    }

    @Test
    void storeThatIsRefusedLeavesNothingOpen() throws IOException {
        assertThat(ChildJvm.run(Refused.class, temp.toString()))
                .isEqualTo("INVALID_OPTION, threads of the store: [], opened without: 1");
    }

    /** A JVM whose MBean server takes no store. */
    static final class Refused {
        public static void main(String[] args) {
            System.setProperty("javax.management.builder.initial", RefusingBuilder.class.getName());
            String refused = "opened";
            try (KVStore store = KVStore.open("kvstore:file:" + args[0] + "?jmx=true")) {
                store.put(Bytes.of("k"), Bytes.of("v"));
            } catch (KVException e) {
                refused = e.code().name();
            }
            List<String> threads = Thread.getAllStackTraces().keySet().stream()
                    .map(Thread::getName)
                    .filter(name -> name.startsWith("kvstore-"))
                    .toList();
            try (KVStore store = KVStore.open("kvstore:file:" + args[0])) {
                store.put(Bytes.of("k"), Bytes.of("v"));
                System.out.println(
                        refused + ", threads of the store: " + threads + ", opened without: " + store.size());
            }
        }
    }

    /** Named by a property of the JDK, which makes it; its servers take no bean of ours. */
    public static final class RefusingBuilder extends MBeanServerBuilder {
        @Override
        public MBeanServer newMBeanServer(String domain, MBeanServer outer, MBeanServerDelegate delegate) {
            MBeanServer server = super.newMBeanServer(domain, outer, delegate);
            return (MBeanServer) Proxy.newProxyInstance(
                    JmxTest.class.getClassLoader(), new Class<?>[] {MBeanServer.class}, (proxy, method, arguments) -> {
                        if (method.getName().equals("registerMBean") && arguments[0] instanceof KVStoreMXBean) {
                            throw new MBeanRegistrationException(new IllegalStateException("made up"), "refused");
                        }
                        try {
                            return method.invoke(server, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
        }
    }
}
