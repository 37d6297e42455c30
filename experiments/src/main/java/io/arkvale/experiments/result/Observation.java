package io.arkvale.experiments.result;

import io.arkvale.experiments.report.Origin;
import java.io.Serializable;
import java.util.List;

/**
 * What one question gave in one cell, or what one block of a text did: the smallest result there is. All others are
 * functions of observations.
 *
 * @param cell identity of what ran: program, weights, policy and its code, budget, protocol, backend
 * @param episode identity of what was asked: the text, the questions, what is expected, how it is scored
 * @param question number of the question in its episode, or of the block in its text
 * @param task the task's name
 * @param policy the policy as it was named
 * @param budget tokens that a KV head of a limited layer may hold
 * @param length of the context, in the task's own unit
 * @param protocol how the question came: {@link io.arkvale.experiments.plan.Protocol}
 * @param sample number of the episode
 * @param asked the question
 * @param said what the model said
 * @param expected what was expected; any of them, or all, as the task has it
 * @param score from 0 to 1; for a block of a text the bits that its bytes took
 * @param weight what the score counts for: 1, or the bytes of a block
 * @param promptTokens tokens of context, questions and answers
 * @param opensSession whether usage and fidelity are of a session that begins here; others share it
 * @param usage what the session used, all its questions together
 * @param fidelity how near the session came to full attention
 * @param origin where it comes from
 */
public record Observation(
        String cell,
        String episode,
        int question,
        String task,
        String policy,
        int budget,
        int length,
        String protocol,
        int sample,
        String asked,
        String said,
        List<String> expected,
        double score,
        double weight,
        int promptTokens,
        boolean opensSession,
        Usage usage,
        Fidelity fidelity,
        Origin origin) {
    /** Copies the list. */
    public Observation {
        expected = List.copyOf(expected);
    }

    /** Its place: no two observations of a directory share it. */
    public record Place(String cell, String episode, int question) implements Serializable {}

    /** Whether it is of a block of a text, not of a question. */
    public boolean coversBlock() {
        return protocol.equals(task);
    }

    /** Its place. */
    public Place place() {
        return new Place(cell, episode, question);
    }
}
