package io.kvstore.demo;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.kvstore.KVBucket;
import io.kvstore.KVStore;
import io.kvstore.typed.TypedStore;
import org.junit.jupiter.api.Test;

/** The rules of the house that no compiler knows. */
class StructureTest {
    private final JavaClasses classes = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.kvstore.demo");

    @Test
    void onlyTheCatalogStoreSpeaksToTheStore() {
        noClasses()
                .that()
                .doNotBelongToAnyOf(CatalogStore.class)
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(KVStore.class, KVBucket.class, TypedStore.class)
                .check(classes);
    }

    @Test
    void onlyMainEndsTheProcess() {
        noClasses()
                .that()
                .doNotBelongToAnyOf(Catalog.class)
                .should()
                .callMethod(System.class, "exit", int.class)
                .check(classes);
    }
}
