package io.arkvale.core.step;

import io.arkvale.api.CallOrderException;
import io.arkvale.api.InvalidArgumentException;
import io.arkvale.core.tensor.CallChecks;
import java.util.Arrays;
import java.util.BitSet;

/**
 * The order of a step's calls, as {@link io.arkvale.api.Step} gives it: which call may come next.
 *
 * <p>Each call has two methods here. Its {@code require} method comes first: it changes nothing and raises the error that the
 * interface names. Its second method, such as {@code appended}, says that the work is done. Calls that end a layer (decode,
 * attend, finishPrefill) end with {@link #layerDone}.
 */
public final class StepProtocol {
    /** How far the current layer is. */
    private enum Phase {
        READY,
        APPENDED,
        SELECTED,
        RECALLED,
        STORING
    }

    private final int layers;
    private final int[] tokens;
    private final int[] stored;
    private final boolean decodes;
    private final boolean hasRoles;
    private final BitSet prefetched = new BitSet();
    private int current;
    private Phase phase = Phase.READY;
    private boolean estimated;
    private boolean prefills;

    /**
     * A step that begins.
     *
     * @param layers layers of the cache
     * @param tokens tokens that each sequence of the batch grows by
     * @param hasRoles whether the members have roles, so that one call does a layer
     */
    public StepProtocol(int layers, int[] tokens, boolean hasRoles) {
        this.layers = layers;
        this.tokens = tokens;
        this.hasRoles = hasRoles;
        stored = new int[tokens.length];
        var single = true;
        for (int count : tokens) {
            single &= count == 1;
        }
        decodes = single;
    }

    /** Tokens of each sequence that a layer has got in this step. */
    public int[] stored(int layer) {
        if (layer != current) {
            return layer < current ? tokens.clone() : new int[tokens.length];
        }
        var counts = stored.clone();
        if (phase == Phase.APPENDED || phase == Phase.SELECTED || phase == Phase.RECALLED) {
            Arrays.fill(counts, 1);
        }
        return counts;
    }

    /** Whether the layer was selected and recalled ahead. */
    public boolean isPrefetched(int layer) {
        return prefetched.get(layer);
    }

    /** Asks about forward. */
    public void requireForward(int layer) {
        requireNext(layer);
        if (!hasRoles) {
            throw new CallOrderException(
                    "forward is for batches whose members have roles; call decode, prefill or ingest");
        }
    }

    /** Asks about append, and about decode, which begins as append does. */
    public void requireAppend(int layer) {
        requireLayer(layer);
        if (!decodes) {
            throw new CallOrderException(
                    "decode takes one token per sequence and this batch has more; use prefill or ingest");
        }
        requirePhase("append or decode", Phase.READY);
    }

    /** The current layer has its tokens. */
    public void appended() {
        phase = Phase.APPENDED;
        estimated = false;
    }

    /** Asks about estimate, which may come again before select. */
    public void requireEstimate(int layer) {
        requireLayer(layer);
        requirePhase("estimate", Phase.APPENDED);
        requireNotPrefetched(layer);
    }

    /** The current layer has its scores. */
    public void estimated() {
        estimated = true;
    }

    /**
     * Asks about select.
     *
     * @param ownScores whether the caller brings the scores
     */
    public void requireSelect(int layer, boolean ownScores) {
        requireLayer(layer);
        requirePhase("select", Phase.APPENDED);
        requireNotPrefetched(layer);
        if (!ownScores && !estimated) {
            throw new CallOrderException("select without scores needs estimate of layer " + layer + " first");
        }
    }

    /** The current layer has its selection. */
    public void selected() {
        phase = Phase.SELECTED;
    }

    /** Asks about recall. */
    public void requireRecall(int layer) {
        requireLayer(layer);
        requirePhase("recall", Phase.SELECTED);
    }

    /** The selected pages of the current layer are resident. */
    public void recalled() {
        phase = Phase.RECALLED;
    }

    /** Asks about attend. */
    public void requireAttend(int layer) {
        requireLayer(layer);
        requirePhase("attend", isPrefetched(layer) ? Phase.APPENDED : Phase.RECALLED);
    }

    /**
     * Asks about a chunk.
     *
     * @param counts tokens of each sequence in the chunk
     * @param prefill true for prefill, false for ingest
     */
    public void requireChunk(int layer, int[] counts, boolean prefill) {
        requireLayer(layer);
        if (phase != Phase.READY && (phase != Phase.STORING || prefills != prefill)) {
            throw new CallOrderException("layer " + layer + " is being handled another way; finish it first");
        }
        requireNotPrefetched(layer);
        if (counts.length != tokens.length) {
            throw new InvalidArgumentException(
                    "the chunk names " + counts.length + " sequences; allowed: exactly the batch's " + tokens.length);
        }
        boolean any = false;
        for (int i = 0; i < counts.length; i++) {
            int left = tokens[i] - stored[i];
            if (counts[i] < 0 || counts[i] > left) {
                throw new InvalidArgumentException(
                        "the chunk has " + counts[i] + " tokens of sequence " + i + "; allowed: 0 to " + left);
            }
            any |= counts[i] > 0;
        }
        if (!any) {
            throw new InvalidArgumentException("the chunk is empty; give at least one token");
        }
    }

    /** The current layer has the tokens of a chunk. */
    public void stored(int[] counts, boolean prefill) {
        phase = Phase.STORING;
        prefills = prefill;
        for (int i = 0; i < counts.length; i++) {
            stored[i] += counts[i];
        }
    }

    /** Asks about finishPrefill. */
    public void requireFinishPrefill(int layer) {
        requireLayer(layer);
        requirePhase("finishPrefill", Phase.STORING);
        for (int i = 0; i < tokens.length; i++) {
            if (stored[i] != tokens[i]) {
                throw new CallOrderException("layer " + layer + " has " + stored[i] + " of " + tokens[i]
                        + " tokens of sequence " + i + "; store the rest first");
            }
        }
    }

    /** The current layer is done. */
    public void layerDone() {
        current++;
        phase = Phase.READY;
        Arrays.fill(stored, 0);
    }

    /** Asks about prefetch. */
    public void requirePrefetch(int layer) {
        requireIndex(layer);
        requireNoRoles();
        if (!decodes) {
            throw new CallOrderException(
                    "prefetch is for decode steps and this batch has more than one token per sequence");
        }
        int lastBegun = phase == Phase.READY ? current - 1 : current;
        if (layer <= lastBegun) {
            throw new CallOrderException(
                    "prefetch of layer " + layer + " comes too late; layer " + lastBegun + " has begun");
        }
        if (isPrefetched(layer)) {
            throw new CallOrderException("layer " + layer + " is prefetched already");
        }
    }

    /** The layer was selected and recalled ahead. */
    public void prefetched(int layer) {
        prefetched.set(layer);
    }

    /** Asks about commit. */
    public void requireCommit() {
        if (current < layers) {
            throw new CallOrderException("commit needs every layer done; layer " + current + " is not");
        }
    }

    /** Asks whether there is such a layer, at work or not. */
    public void requireIndex(int layer) {
        CallChecks.index("layer", layer, layers);
    }

    private void requireLayer(int layer) {
        requireNext(layer);
        requireNoRoles();
    }

    private void requireNoRoles() {
        if (hasRoles) {
            throw new CallOrderException("the members of the batch have roles; call forward, once per layer");
        }
    }

    private void requireNext(int layer) {
        requireIndex(layer);
        if (layer != current) {
            throw new CallOrderException("layer " + layer + " is not the next one; layers go in ascending order, "
                    + (current < layers ? "layer " + current + " " + next() : "all are done"));
        }
    }

    /** What the current layer waits for, in words that follow its name. */
    private String next() {
        return switch (phase) {
            case READY -> "is next";
            case STORING ->
                Arrays.equals(stored, tokens)
                        ? "has all its tokens and waits for finishPrefill"
                        : "still has tokens to come";
            case APPENDED, SELECTED, RECALLED -> "is being decoded and waits for attend";
        };
    }

    private void requirePhase(String call, Phase needed) {
        if (phase != needed) {
            throw new CallOrderException(call + " of layer " + current + " is out of order: the layer is " + phase
                    + ", the call needs " + needed);
        }
    }

    private void requireNotPrefetched(int layer) {
        if (isPrefetched(layer)) {
            throw new CallOrderException("layer " + layer + " is prefetched; call append and attend, or decode");
        }
    }
}
