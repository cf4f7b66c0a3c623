package io.kvstore.demo;

import io.kvstore.KVErrorCode;
import io.kvstore.KVException;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IFactory;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;

/** The {@code catalog} command: what all its commands share, and how their errors are told. */
@Command(
        name = "catalog",
        scope = ScopeType.INHERIT,
        description = {
            "Keeps size, times and SHA-256 of every file of a tree in a store,",
            "tells what has changed since the last scan, and finds duplicates."
        },
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {ScanCommand.class, FindCommand.class, DupesCommand.class, StatsCommand.class},
        mixinStandardHelpOptions = true,
        versionProvider = Catalog.Version.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:fine",
            "1:finished, but some files could not be read",
            "2:wrong usage",
            "3:the store could not be opened, read or written",
            "70:an error in this program",
            "130:interrupted; the next scan goes on from there"
        })
public final class Catalog {
    // The exit codes; that of wrong usage is picocli's own.
    static final int FINE = 0;
    static final int SOME_UNREADABLE = 1;
    static final int STORE_ERROR = 3;
    static final int PROGRAM_ERROR = 70;
    static final int INTERRUPTED = 130;

    @Option(
            names = "--store",
            scope = ScopeType.INHERIT,
            paramLabel = "STORE",
            defaultValue = "kvstore-catalog",
            description = {
                "The folder of the catalog's store. Default: ${DEFAULT-VALUE}, in the current folder.",
                "A scan makes it if it is absent. It may hold several trees."
            })
    @SuppressWarnings("NullAway.Init") // picocli sets it
    Path storeFolder;

    private Catalog() {}

    /**
     * Runs one command and ends the process with its exit code.
     *
     * @param args the command line
     */
    public static void main(String[] args) {
        System.exit(commandLine(new Disk()).execute(args));
    }

    /** The command line, ready to run once, over the files of a disk. */
    static CommandLine commandLine(Disk disk) {
        return new CommandLine(new Catalog(), new Commands(disk))
                .setUsageHelpAutoWidth(true)
                .setExitCodeExceptionMapper(e -> PROGRAM_ERROR)
                .setParameterExceptionHandler(Catalog::usageError)
                .setExecutionExceptionHandler((e, command, parsed) -> failure(e, command));
    }

    private static int usageError(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        command.getErr().println("catalog: " + Printable.of(String.valueOf(e.getMessage())));
        UnmatchedArgumentException.printSuggestions(e, command.getErr());
        command.getErr().println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
        return command.getCommandSpec().exitCodeOnInvalidInput();
    }

    /** The store says in its message what, where and what to do: that is all there is to print. */
    private static int failure(Exception e, CommandLine command) throws Exception {
        if (!(e instanceof KVException) && !(e instanceof CatalogException)) {
            throw e;
        }
        command.getErr().println("catalog: " + Printable.of(String.valueOf(e.getMessage())));
        if (e instanceof KVException store && store.code() == KVErrorCode.STORE_NOT_FOUND) {
            command.getErr().println("'catalog scan DIR' makes a catalog; '--store STORE' names another.");
        }
        return STORE_ERROR;
    }

    /** Makes the commands, and gives those that read files the disk. */
    private record Commands(Disk disk) implements IFactory {
        @Override
        public <K> K create(Class<K> type) throws Exception {
            return type == ScanCommand.class
                    ? type.cast(new ScanCommand(disk))
                    : CommandLine.defaultFactory().create(type);
        }
    }

    /** The version that the module was built with. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Optional.ofNullable(Catalog.class.getModule().getDescriptor())
                    .flatMap(ModuleDescriptor::rawVersion)
                    .orElse("of no version");
            return new String[] {"catalog " + version + " on Java " + Runtime.version()};
        }
    }
}
