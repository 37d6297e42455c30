package io.arkvale.experiments.cli.option;

import io.arkvale.experiments.plan.ContentDigest;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

/** What a command's options come to by content, for results that no observations stand behind. */
public final class OptionIdentity {
    /** Options that change where results go and how fast they come, not what they are. */
    private static final Set<String> OUTSIDE = Set.of("--out", "--format", "--resume", "--threads", "--stacktrace");

    private OptionIdentity() {}

    /**
     * Of the program, a command and the values of all its options, with the contents of the files that they name.
     *
     * @param more what else the results depend on
     */
    public static String of(CommandSpec command, String... more) {
        var words = new ArrayList<String>(List.of(ContentDigest.ofProgram(), command.name()));
        words.addAll(List.of(more));
        for (var option : command.options()) {
            if (!OUTSIDE.contains(option.longestName())) {
                words.add(option.longestName());
                words.add(content(option));
            }
        }
        return ContentDigest.ofWords(words);
    }

    private static String content(ArgSpec option) {
        @Nullable Object value = option.getValue();
        if (value instanceof Path || value instanceof String) {
            try {
                var path = Path.of(value.toString());
                if (Files.isRegularFile(path)) {
                    return ContentDigest.of(path);
                }
            } catch (InvalidPathException noPath) {
                return value.toString();
            }
        }
        return String.valueOf(value);
    }
}
