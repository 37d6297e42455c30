package io.arkvale.serving.http;

import io.arkvale.api.SequenceSpec;
import io.arkvale.llama.text.ChatTemplate;
import io.arkvale.llama.text.Tokenizer;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * What clients are told of the model, and what turns their texts into its tokens.
 *
 * @param name by which they ask for it
 * @param chatTemplate without one there are no chat completions
 * @param settings of a request that names no budget
 * @param budgets settings of a budget in tokens
 */
public record ServedModel(
        String name,
        Tokenizer tokenizer,
        Optional<ChatTemplate> chatTemplate,
        SequenceSpec settings,
        IntFunction<SequenceSpec> budgets) {}
