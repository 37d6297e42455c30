package io.arkvale.conformance.lockstep;

import io.arkvale.api.Sequence;
import io.arkvale.api.StepReport.SequenceCounts;
import io.arkvale.conformance.oracle.OracleSequence;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A backend's sequence and what it must hold. */
public final class Pair {
    private final int number;
    private final Sequence sequence;
    private final OracleSequence model;
    private long text;
    private final Map<Place, float[]> outputs = new LinkedHashMap<>();
    private @Nullable SequenceCounts counts;
    private boolean corrupted;
    private boolean decoded;

    Pair(int number, Sequence sequence, OracleSequence model, long text) {
        this.number = number;
        this.sequence = sequence;
        this.model = model;
        this.text = text;
    }

    /** Its number in order of begin and fork, from 1, and its length. */
    @Override
    public String toString() {
        return "sequence " + number + " (" + model.length() + " tokens)";
    }

    /** The backend's sequence. */
    public Sequence sequence() {
        return sequence;
    }

    /** What it must hold. */
    public OracleSequence model() {
        return model;
    }

    /** The text from which its next tokens come. */
    public long text() {
        return text;
    }

    /** Goes on with another text, so that tokens that were taken away do not come again. */
    void reword(long text) {
        this.text = text;
    }

    /**
     * Where an output belongs.
     *
     * @param layer the layer
     * @param token place of its token in the sequence
     */
    public record Place(int layer, int token) {}

    /** Every output of decode and prefill so far, if its lockstep records. */
    public Map<Place, float[]> outputs() {
        return outputs;
    }

    /** Counts of its last committed step; null before. */
    public @Nullable SequenceCounts counts() {
        return counts;
    }

    /** Whether it was fed a number that is not finite: it is then not compared any more. */
    public boolean corrupted() {
        return corrupted;
    }

    void corrupt() {
        corrupted = true;
    }

    /** Whether it has decoded before: prefill then begins another turn. */
    boolean decoded() {
        return decoded;
    }

    void decode() {
        decoded = true;
    }

    void heal() {
        corrupted = false;
    }

    void counted(SequenceCounts counts) {
        this.counts = counts;
    }
}
