package io.kvstore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** {@code docs/CLI.md} says of the command line what the command line says of itself. */
class DocumentTest {
    private final CommandLine command = KVStoreCommand.commandLine(new Console(
            new ByteArrayInputStream(new byte[0]),
            OutputStream.nullOutputStream(),
            OutputStream.nullOutputStream(),
            Terminal.NONE));

    @Test
    void everyCommandHasItsSectionWithAllItsOptions() throws IOException {
        Map<String, String> sections = sections();
        assertThat(sections.keySet())
                .containsExactlyInAnyOrderElementsOf(command.getSubcommands().keySet());
        command.getSubcommands().forEach((name, sub) -> {
            Set<String> known = new TreeSet<>();
            for (OptionSpec option : sub.getCommandSpec().options()) {
                known.add(option.longestName());
            }
            known.remove("--help");
            known.remove("--version");
            Set<String> told = new TreeSet<>();
            Matcher matcher = Pattern.compile("`(?:-\\w, )?(--[a-z-]+)").matcher(sections.get(name));
            while (matcher.find()) {
                told.add(matcher.group(1));
            }
            assertThat(told).as("options of %s", name).isEqualTo(known);
        });
    }

    @Test
    void everyExitCodeIsThere() throws IOException {
        String document = document();
        command.getCommandSpec()
                .usageMessage()
                .exitCodeList()
                .forEach((code, meaning) ->
                        assertThat(document).contains("| " + code + " | " + meaning.replace("|", "\\|") + " |"));
    }

    private static Map<String, String> sections() throws IOException {
        Map<String, String> sections = new java.util.LinkedHashMap<>();
        for (String section : document().split("(?m)^### ")) {
            if (section.startsWith("`")) {
                sections.put(section.substring(1, section.indexOf('`', 1)), section.split("(?m)^## ")[0]);
            }
        }
        return sections;
    }

    private static String document() throws IOException {
        return Files.readString(Path.of("../docs/CLI.md"));
    }
}
