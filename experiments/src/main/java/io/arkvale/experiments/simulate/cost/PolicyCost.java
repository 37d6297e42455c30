package io.arkvale.experiments.simulate.cost;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.simulate.CacheSetting;
import io.arkvale.experiments.simulate.description.LanguageModel;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What each policy reads and keeps in a limited layer, by what its paper describes. While a sequence is no longer than
 * the budget, every policy that limits memory or attention keeps and attends to everything.
 */
public enum PolicyCost {
    /** Everything. */
    FULL,
    /** Pages by their digests; recalls. */
    ARKVALE,
    /** Blocks of 128 tokens by four representative keys; recalls. */
    INFLLM,
    /** Pages of 16 by their boxes, everything resident. */
    QUEST,
    /** Tokens by a quarter of their keys' elements, everything resident. */
    SPARQ,
    /** First and last tokens, rotated anew each step. */
    STREAMING_LLM,
    /** Tokens chosen at prefill; the same cost for PyramidKV and Ada-KV. */
    SNAPKV,
    /** Tokens chosen at prefill by the attention that a text of the usual queries would give them. */
    EXPECTED_ATTENTION,
    /** Tokens chosen after prefill by a second pass, which costs no decode step anything. */
    KVZIP,
    /** Some heads keep everything, the others first and last tokens: the budget is the mean. */
    DUO_ATTENTION,
    /** Tokens by how little their keys are like the mean key. */
    KEYDIFF,
    /** More than the budget kept at prefill, of which a step ranks runs by their extremes and attends to half the budget. */
    ROCKETKV,
    /** Chunks by their mean keys; values come from the host, keys are rebuilt from factors. */
    SHADOWKV,
    /** Tokens by the sum of their probabilities. */
    H2O,
    /** Tokens by the last query's probabilities. */
    TOVA;

    /** The cost of a layer with a budget, once a sequence is longer than it. */
    private LayerCost beyondBudget(LanguageModel model, CacheSetting setting, long tokens) {
        return switch (this) {
            case FULL -> everything(model, tokens);
            case ARKVALE -> RecallCost.arkVale(model, setting, tokens);
            case INFLLM -> RecallCost.infLlm(model, setting, tokens);
            case QUEST -> SparseCost.quest(model, setting, tokens);
            case SPARQ -> SparseCost.sparQ(model, setting, tokens);
            case STREAMING_LLM -> EvictionCost.streamingLlm(model, setting);
            case SNAPKV, EXPECTED_ATTENTION, KVZIP -> EvictionCost.atPrefill(model, setting);
            case DUO_ATTENTION -> EvictionCost.duoAttention(model, setting);
            case KEYDIFF -> EvictionCost.keyDiff(model, setting);
            case ROCKETKV -> SparseCost.rocketKv(model, setting, tokens);
            case SHADOWKV -> RecallCost.shadowKv(model, setting, tokens);
            case H2O -> EvictionCost.h2o(model, setting);
            case TOVA -> EvictionCost.tova(model, setting);
        };
    }

    public LayerCost layer(LanguageModel model, CacheSetting setting, long tokens) {
        return tokens <= setting.budget() ? everything(model, tokens) : beyondBudget(model, setting, tokens);
    }

    /** The name under which the laboratory runs it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * A policy by its name.
     *
     * @throws UserException if its cost is not described
     */
    public static PolicyCost named(String name) {
        return Arrays.stream(values())
                .filter(policy -> policy.label().equals(name.strip()))
                .findFirst()
                .orElseThrow(() -> new UserException("there is no cost of policy '" + name + "'; policies: "
                        + Arrays.stream(values()).map(PolicyCost::label).collect(Collectors.joining(", "))));
    }

    public static KernelWork attention(LanguageModel model, long tokens) {
        return KernelWork.of(tokens * model.tokenBytes(), tokens * model.attentionOperations(), Launches.ATTENTION);
    }

    private static LayerCost everything(LanguageModel model, long tokens) {
        return LayerCost.plain(attention(model, tokens), tokens * model.tokenBytes());
    }
}
