package io.arkvale.experiments.cli.option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/** What a model's card says that its configuration does not. */
public final class ModelCard {
    /** The row of the card's table that ends with the longest context of training. */
    private static final Pattern CONTEXT =
            Pattern.compile("^\\| context \\|.* to ([\\d,]+)[^|]*\\|", Pattern.MULTILINE);

    private ModelCard() {}

    /** The longest context the model was trained with, if there is a card that says so. */
    public static OptionalInt trainedTokens(Path directory) {
        try {
            var found = CONTEXT.matcher(Files.readString(directory.resolve("README.md")));
            return found.find()
                    ? OptionalInt.of(Integer.parseInt(found.group(1).replace(",", "")))
                    : OptionalInt.empty();
        } catch (IOException noCard) {
            return OptionalInt.empty();
        }
    }
}
