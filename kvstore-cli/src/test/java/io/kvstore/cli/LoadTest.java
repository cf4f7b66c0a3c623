package io.kvstore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadTest {
    private Path store;

    @BeforeEach
    void setUp(@TempDir Path temp) {
        store = temp.resolve("store");
    }

    @Test
    void theFirstBadLineEndsTheLoadAndIsNamed() {
        Cli.Run run = Cli.withInput(
                "{\"key\":\"a\",\"value\":\"1\"}\n\n{\"key\":\"b\"}\n{\"key\":\"c\",\"value\":\"3\"}\n",
                "load",
                "--create",
                store);
        assertThat(run.exitCode()).isEqualTo(ExitCode.INPUT_OUTPUT);
        assertThat(run.err())
                .contains("line 3: without a value")
                .contains("1 entry in front")
                .contains("--skip-bad");
        assertThat(Cli.run("scan", store).out()).isEqualTo("a\t1\n");
    }

    @Test
    void badLinesAreLeftOutAndCountedOnRequest() {
        byte[] input = Cli.bytes(
                "key,valueHex\na,00\nb,0\nc,\"0\"x\nd,1,2\n?,ff\n\"e\ne\",\n" + "f".repeat(70_000) + ",00\ng\n");
        input[new String(input, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf('?')] = (byte) 0xFF;
        Cli.Run run = Cli.withInput(input, "load", "--create", "--skip-bad", "-f", "csv", "--json", store);
        assertThat(run.exitCode()).isEqualTo(ExitCode.INCOMPLETE);
        assertThat(run.out()).contains("\"entries\":2,\"badLines\":6");
        assertThat(run.err())
                .contains("line 3: value: not hexadecimal")
                .contains("line 4: wrong quotes")
                .contains("line 5: 3 columns instead of 2")
                .contains("line 6: not text in UTF-8")
                .contains("line 9: ")
                .contains("line 10: 1 column instead of 2");
        assertThat(Cli.run("get", store, "e\ne").exitCode()).isZero();
    }

    @Test
    void aQuoteWithinAColumnCostsNoLine() {
        Cli.Run run =
                Cli.withInput("key,value\n5\" pipe,a\nx,y\n6\" pipe,\"b\"\n", "load", "--create", "-f", "csv", store);
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(Cli.run("scan", store).out().lines())
                .containsExactlyInAnyOrder("5\" pipe\ta", "x\ty", "6\" pipe\tb");
    }

    @Test
    void linesThatAQuoteSwallowsAreCounted() {
        Cli.Run run = Cli.withInput(
                "key,value\na,b\n\"c,d\ne,f\ng,h\n", "load", "--create", "--skip-bad", "--json", "-f", "csv", store);
        assertThat(run.out()).contains("\"entries\":1,\"badLines\":3");
        assertThat(run.err()).contains("line 3, up to line 5: wrong quotes");
    }

    @Test
    void messagesNameNoClassesAndSettings() {
        Cli.Run run = Cli.withInput(
                "{\"key\":\"a\",\"value\":\"1\"}{}\n{\"key\":\"a\",\"key\":\"1\"}\n",
                "load",
                "--create",
                "--skip-bad",
                store);
        assertThat(run.err()).startsWith("""
                kvstore: line 1: not JSON: there is more behind its end
                kvstore: line 2: not JSON: Duplicate property "key"
                """);
    }

    @Test
    void columnsMayComeFromTheCommandLineInAnyOrder() {
        Cli.withInput("1\tk\tb\n", "load", "--create", "-f", "tsv", "--columns", "value,key,bucket", store);
        assertThat(Cli.run("get", store, "k", "-b", "b").out()).isEqualTo("1\n");
    }

    @Test
    void aFileWithoutNamesOfColumnsIsRefused() {
        Cli.Run run = Cli.withInput("a,b\nc,d\n", "load", "--create", "--skip-bad", "-f", "csv", store);
        assertThat(run.exitCode()).isEqualTo(ExitCode.INPUT_OUTPUT);
        assertThat(run.err()).contains("named a, b").contains("--columns");
    }

    @Test
    void unknownFieldsAreNotPassedOver() {
        assertThat(Cli.withInput("{\"key\":\"a\",\"value\":\"1\",\"ttl\":5}", "load", "--create", store)
                        .err())
                .contains("line 1: unknown field 'ttl'");
    }

    @Test
    void entriesMayExpire() {
        Cli.withInput("{\"key\":\"a\",\"value\":\"1\"}", "load", "--create", "--ttl", "1h", store);
        assertThat(Cli.run("get", store, "a").exitCode()).isZero();
        assertThat(Cli.run("load", store, "--ttl", "0s").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(Cli.run("load", store, "--ttl", "soon").err()).contains("500ms");
    }
}
