package io.kvstore.typed;

import io.kvstore.internal.engine.ThreadlessStore;
import io.kvstore.stress.MemoryDirectory;
import io.kvstore.typed.CollectionLinearizabilityTest.Counters;
import io.kvstore.typed.CollectionLinearizabilityTest.Maps;
import io.kvstore.typed.CollectionLinearizabilityTest.Multimaps;
import io.kvstore.typed.CollectionLinearizabilityTest.Queues;
import io.kvstore.typed.CollectionLinearizabilityTest.Sets;
import org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The verbs of typed collections, step by step in orders that the model checker tries: their own code and the engine's
 * under it are the real ones. In the long mode alone: that is a great many steps.
 */
@Tag("concurrency")
@EnabledIfSystemProperty(named = "kvstore.long", matches = "true")
class CollectionModelCheckTest {
    @ParameterizedTest
    @ValueSource(
            classes = {
                SteppedMap.class,
                SteppedSet.class,
                SteppedQueue.class,
                SteppedCounter.class,
                SteppedMultimap.class
            })
    void verbsAreLinearizable(Class<?> verbs) {
        new ModelCheckingOptions()
                .iterations(5)
                .invocationsPerIteration(10)
                .threads(2)
                .actorsPerThread(2)
                .actorsBefore(1)
                .actorsAfter(1)
                .minimizeFailedScenario(false)
                .addGuarantee(ManagedStrategyGuaranteeKt.forClasses(CollectionModelCheckTest::isBeside)
                        .allMethods()
                        .ignore())
                .addGuarantee(ManagedStrategyGuaranteeKt.forClasses(ThreadlessStore.class.getName())
                        .methods("open")
                        .ignore())
                .loopBound(300)
                .sequentialSpecification(verbs.getSuperclass().getDeclaredClasses()[0])
                .check(verbs);
    }

    /** What works on bytes and files that nobody else has yet, or any more, is one step. */
    private static boolean isBeside(String className) {
        return className.matches(
                "io\\.kvstore\\.internal\\.(file|format|recovery)\\..*|io\\.kvstore\\.stress\\..*"
                        + "|io\\.kvstore\\.internal\\.log\\.(SegmentFiles|ManifestFile).*|org\\.slf4j\\..*"
                        + "|io\\.kvstore\\.typed\\.serializer\\..*|io\\.kvstore\\.typed\\.(Codec|Numbers|SerializerCache|Bindings).*");
    }

    private static TypedStore typed() {
        return TypedStore.of(ThreadlessStore.open(MemoryDirectory::new));
    }

    /** A map in a store of its own. */
    public static class SteppedMap extends Maps {
        public SteppedMap() {
            super(typed().map("stepped", Integer.class, Integer.class));
        }
    }

    /** A set in a store of its own. */
    public static class SteppedSet extends Sets {
        public SteppedSet() {
            super(typed().set("stepped", Integer.class));
        }
    }

    /** A queue in a store of its own. */
    public static class SteppedQueue extends Queues {
        public SteppedQueue() {
            super(typed().queue("stepped", Integer.class));
        }
    }

    /** A counter in a store of its own. */
    public static class SteppedCounter extends Counters {
        public SteppedCounter() {
            super(typed().counter("stepped"));
        }
    }

    /** A multimap in a store of its own. */
    public static class SteppedMultimap extends Multimaps {
        public SteppedMultimap() {
            super(typed().multimap("stepped", Integer.class, Integer.class));
        }
    }
}
