package io.kvstore.cli;

import io.kvstore.KVErrorCode;
import io.kvstore.KVException;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.nio.file.FileSystemException;
import java.util.Optional;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The {@code kvstore} command: its commands, and how their errors are told. */
@Command(
        name = "kvstore",
        scope = ScopeType.INHERIT,
        description = {
            "Looks into kvstore stores, and loads, dumps, checks, repairs and backs them up.",
            "A store is a directory; a program that has it open for writing must close it first."
        },
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            InfoCommand.class,
            GetCommand.class,
            PutCommand.class,
            DeleteCommand.class,
            ScanCommand.class,
            LoadCommand.class,
            DumpCommand.class,
            MergeCommand.class,
            VerifyCommand.class,
            RepairCommand.class,
            BackupCommand.class,
            RestoreCommand.class,
            BenchCommand.class,
            WatchCommand.class,
            ReportCommand.class,
            GenerateCompletion.class
        },
        mixinStandardHelpOptions = true,
        versionProvider = KVStoreCommand.Version.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:fine",
            "1:finished, but: key or bucket not found, or lines of input left out",
            "2:wrong usage",
            "3:not a store, or the store refused it; the message says why",
            "4:the store is open elsewhere",
            "5:damage in the store, or lost in a repair",
            "6:the disk is full",
            "7:a file cannot be read or written, or is not as it should be",
            "70:an error in this program",
            "130:interrupted; what was written until then is in the store",
            "141:the reader of the output has gone, as with | head",
            "143:ended by a kill, or 129 where its terminal has gone; as 130"
        })
final class KVStoreCommand {
    private final Console console;

    KVStoreCommand(Console console) {
        this.console = console;
    }

    Console console() {
        return console;
    }

    /**
     * Runs one command and ends the process with its exit code.
     *
     * @param args the command line
     */
    @SuppressWarnings("CatchAndPrintStackTrace") // nobody is left to throw it to
    public static void main(String[] args) {
        Console console = new Console(
                new FileInputStream(FileDescriptor.in),
                new FileOutputStream(FileDescriptor.out),
                new FileOutputStream(FileDescriptor.err),
                Terminal.ofProcess());
        int exitCode = ExitCode.PROGRAM;
        try {
            exitCode = run(console, args);
        } catch (OutOfMemoryError e) {
            // There was not even enough for the message.
            System.err.println("kvstore: not enough memory");
        } catch (Error e) {
            e.printStackTrace();
        } finally {
            // Java itself would end with 1, which says something else here.
            System.exit(exitCode);
        }
    }

    static int run(Console console, String... args) {
        try {
            // Help is printed here, not below picocli, which takes a failed write for an error in the program.
            StringWriter help = new StringWriter();
            int exitCode = commandLine(console).setOut(new PrintWriter(help)).execute(args);
            console.out().print(help);
            console.flush();
            return exitCode;
        } catch (CliException e) {
            // The output has failed outside of a command, in a help text or when the last of it was written.
            return failure(console, e);
        } catch (OutOfMemoryError e) {
            return tell(console, ExitCode.PROGRAM, "not enough memory; set JDK_JAVA_OPTIONS=-Xmx4g or more");
        }
    }

    /** The command line, ready to run once. */
    static CommandLine commandLine(Console console) {
        return new CommandLine(new KVStoreCommand(console))
                .setErr(console.err())
                .setColorScheme(CommandLine.Help.defaultColorScheme(
                        console.terminal().output() && console.terminal().colour() ? Ansi.ON : Ansi.OFF))
                .setCaseInsensitiveEnumValuesAllowed(true)
                // A key may begin with @, and is no file of arguments.
                .setExpandAtFiles(false)
                .registerConverter(String.class, KVStoreCommand::text)
                .setUsageHelpAutoWidth(console.terminal().output())
                .setExitCodeExceptionMapper(e -> ExitCode.PROGRAM)
                .setParameterExceptionHandler((e, given) -> usageError(console, e))
                .setExecutionExceptionHandler((e, command, parsed) -> failure(console, e));
    }

    private static int usageError(Console console, ParameterException e) {
        CommandLine command = e.getCommandLine();
        console.note("kvstore: " + told(e));
        if (!isHelp(e)) {
            UnmatchedArgumentException.printSuggestions(e, command.getErr());
        }
        console.note("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
        return ExitCode.USAGE;
    }

    /** What is likest to "help" among the commands is "delete". */
    private static boolean isHelp(ParameterException e) {
        return e instanceof UnmatchedArgumentException unmatched
                && unmatched.getUnmatched().contains("help");
    }

    /** The message without words for programmers. */
    private static String told(ParameterException e) {
        if (e instanceof UnmatchedArgumentException unmatched && !unmatched.isUnknownOption()) {
            String first = unmatched.getUnmatched().get(0);
            return e.getCommandLine().getParent() == null
                    ? "there is no command '" + first + "'"
                    : "'" + first + "' is one argument too many";
        }
        return String.valueOf(e.getMessage())
                .replaceFirst("is not an? (long|int)$", "is no whole number, or too large");
    }

    /** Text of the command line. Java puts U+FFFD where bytes are no text, so that they would be other ones. */
    private static String text(String argument) {
        if (argument.indexOf('\uFFFD') >= 0) {
            throw new TypeConversionException("'" + argument
                    + "' is not text in UTF-8, or has the character U+FFFD, which stands for what is none;"
                    + " use --keys hex, --values hex or --file");
        }
        return argument;
    }

    private static int failure(Console console, Exception e) {
        if (e instanceof CliException cli) {
            String message = String.valueOf(cli.getMessage());
            return message.isEmpty() ? cli.exitCode() : tell(console, cli.exitCode(), message);
        }
        if (e instanceof KVException store) {
            return tell(console, ExitCode.of(store.code()), message(store));
        }
        if (e instanceof IOException io) {
            return tell(console, ExitCode.of(io), told(io));
        }
        if (e instanceof UncheckedIOException && e.getCause() instanceof IOException io) {
            return tell(console, ExitCode.of(io), told(io));
        }
        e.printStackTrace(console.err());
        return tell(console, ExitCode.PROGRAM, "an error in this program; please report it");
    }

    /** What the message of a file's error leaves out. */
    static String told(IOException e) {
        if (e instanceof FileSystemException file && file.getReason() == null) {
            String kind = e.getClass().getSimpleName().replace("Exception", "");
            return file.getFile() + ": "
                    + kind.replaceAll("(?<=[a-z])(?=[A-Z])", " ").toLowerCase(java.util.Locale.ROOT);
        }
        return String.valueOf(e.getMessage());
    }

    /** The error in words of the command line: the message names what a program would call or set. */
    private static String message(KVException e) {
        String message = inWordsOfTheCommand(String.valueOf(e.getMessage()));
        return e.code() == KVErrorCode.STORE_NOT_FOUND
                ? message.replaceFirst("(?s): check the path, or .*$", ": check the path")
                        + "; \"kvstore put --create\" and \"load --create\" make one"
                : message;
    }

    static String inWordsOfTheCommand(String message) {
        return message.replace("KVStore.repair", "\"kvstore repair\"");
    }

    private static int tell(Console console, int exitCode, String message) {
        try {
            console.note("kvstore: " + message);
        } catch (CliException e) {
            // Standard output is gone too; the line above is on standard error all the same.
            console.err().println("kvstore: " + Printable.of(message));
        }
        return exitCode;
    }

    /** The version that the module was built with. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Optional.ofNullable(
                            KVStoreCommand.class.getModule().getDescriptor())
                    .flatMap(ModuleDescriptor::rawVersion)
                    .orElse("of no version");
            return new String[] {"kvstore " + version + " on Java " + Runtime.version()};
        }
    }
}
