package io.arkvale.conformance.play;

import io.arkvale.api.Capabilities;
import io.arkvale.api.Capabilities.Feature;
import io.arkvale.api.Step;
import io.arkvale.api.Tensor;
import org.jspecify.annotations.Nullable;

/** The calls of a step, with the kinds of their tensors: queries, keys, values, output, scores. */
public enum ApiCall {
    DECODE("QKVO"),
    APPEND("KV"),
    ESTIMATE("Q"),
    SELECT(""),
    SELECT_OWN("S"),
    RECALL(""),
    ATTEND("QO"),
    PREFILL("QKVO"),
    INGEST("KV"),
    FINISH_PREFILL("Q"),
    PREFETCH("Q"),
    FORWARD("QKVO");

    private final String arguments;

    ApiCall(String arguments) {
        this.arguments = arguments;
    }

    /** Kinds of its tensors, in order: one of {@code QKVOS} each. */
    public char[] arguments() {
        return arguments.toCharArray();
    }

    /** The feature that must be declared for it; null if none. */
    @Nullable
    public Feature feature() {
        return switch (this) {
            case SELECT_OWN -> Feature.OWN_SCORES;
            case PREFETCH -> Feature.PREFETCH;
            case FORWARD -> Feature.MIXED_STEPS;
            default -> null;
        };
    }

    /** Whether a backend of the given declaration has it. */
    public boolean declared(Capabilities capabilities) {
        var feature = feature();
        return feature == null || capabilities.supports(feature);
    }

    /**
     * Makes it.
     *
     * @param tokens tokens of each member, for prefill and ingest
     * @param t its tensors, in the order of {@link #arguments}
     */
    public void make(Step step, int layer, int[] tokens, Tensor... t) {
        switch (this) {
            case DECODE -> step.decode(layer, t[0], t[1], t[2], t[3]);
            case APPEND -> step.append(layer, t[0], t[1]);
            case ESTIMATE -> step.estimate(layer, t[0]);
            case SELECT -> step.select(layer);
            case SELECT_OWN -> step.select(layer, t[0]);
            case RECALL -> step.recall(layer);
            case ATTEND -> step.attend(layer, t[0], t[1]);
            case PREFILL -> step.prefill(layer, tokens, t[0], t[1], t[2], t[3]);
            case INGEST -> step.ingest(layer, tokens, t[0], t[1]);
            case FINISH_PREFILL -> step.finishPrefill(layer, t[0]);
            case PREFETCH -> step.prefetch(layer, t[0]);
            case FORWARD -> step.forward(layer, t[0], t[1], t[2], t[3]);
        }
    }
}
