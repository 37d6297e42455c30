package io.arkvale.experiments.cli.terminal;

import io.arkvale.experiments.input.Nearest;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says what is wrong with the words of a command line, and which word was probably meant. */
public final class WrongUsage {
    private WrongUsage() {}

    /** One sentence on the first wrong word. */
    public static String sentence(ParameterException error) {
        if (error instanceof UnmatchedArgumentException unmatched) {
            return unmatched(unmatched);
        }
        var words = words(error.getArgSpec());
        if (!words.isEmpty() && error.getValue() != null) {
            return label(error.getArgSpec()) + " is '" + error.getValue() + "'; allowed: " + String.join(", ", words)
                    + Nearest.question(error.getValue(), words);
        }
        return String.valueOf(error.getMessage()).lines().findFirst().orElse("wrong usage");
    }

    private static String unmatched(UnmatchedArgumentException error) {
        var word = error.getUnmatched().getFirst();
        var commands = error.getCommandLine().getSubcommands().keySet();
        if (word.startsWith("-")) {
            var equals = word.indexOf('=');
            var name = equals < 0 ? word : word.substring(0, equals);
            var options = error.getCommandLine().getCommandSpec().options().stream()
                    .flatMap(option -> Stream.of(option.names()))
                    .toList();
            return "unknown option '" + name + "'" + Nearest.question(name, options);
        }
        return commands.isEmpty()
                ? "'" + word + "' is one argument too many"
                : "unknown command '" + word + "'; commands: " + commands + Nearest.question(word, commands);
    }

    private static List<String> words(@Nullable ArgSpec argument) {
        var candidates = argument == null ? null : argument.completionCandidates();
        return candidates == null
                ? List.of()
                : StreamSupport.stream(candidates.spliterator(), false).toList();
    }

    private static String label(@Nullable ArgSpec argument) {
        return argument instanceof OptionSpec option
                ? option.longestName()
                : String.valueOf(argument == null ? null : argument.paramLabel());
    }
}
