package io.arkvale.llama.text;

import io.arkvale.llama.files.Json;
import io.arkvale.llama.files.ModelFormatException;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/**
 * The tokens that end a generation.
 *
 * @param tokens their numbers; none if the model's files name none
 */
public record EndTokens(Set<Integer> tokens) {

    private static final String KEY = "eos_token_id";

    /** Copies the numbers. */
    public EndTokens {
        tokens = Set.copyOf(tokens);
    }

    /**
     * Reads {@code eos_token_id} of {@code generation_config.json}, else of {@code config.json}: a number or a list.
     *
     * @throws ModelFormatException if a file or the value is wrong
     */
    public static EndTokens read(Path directory) {
        for (var name : new String[] {"generation_config.json", "config.json"}) {
            var file = directory.resolve(name);
            var value = Json.readIfThere(file).path(KEY);
            if (!value.isMissingNode() && !value.isNull()) {
                return new EndTokens(numbers(file, value));
            }
        }
        return new EndTokens(Set.of());
    }

    private static Set<Integer> numbers(Path file, JsonNode value) {
        var tokens = new TreeSet<Integer>();
        for (var number :
                value.isArray() ? value : Json.MAPPER.createArrayNode().add(value)) {
            if (!number.isIntegralNumber() || !number.canConvertToInt() || number.intValue() < 0) {
                throw new ModelFormatException(
                        file, KEY + " is " + value + ", but must be a token's number or a list of such");
            }
            tokens.add(number.intValue());
        }
        return tokens;
    }

    /** Whether a generation ends with this token. */
    public boolean contains(int token) {
        return tokens.contains(token);
    }
}
