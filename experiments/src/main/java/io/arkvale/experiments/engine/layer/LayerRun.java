package io.arkvale.experiments.engine.layer;

import io.arkvale.experiments.policy.Ability;
import io.arkvale.experiments.policy.LayerPolicy;
import io.arkvale.llama.attention.AttentionShape;
import io.arkvale.llama.attention.DecodeRows;

/** One limited layer of one run: owns the tokens, attends for the policy, and counts. */
public abstract class LayerRun {
    protected final Access access;
    protected final LayerPolicy policy;
    protected final AttentionShape shape;
    protected final LayerCounts counts = new LayerCounts();
    /** {@code [headDim]}: what {@link #take} has read last. */
    protected final float[] key;

    protected final float[] value;
    private final double tokenBytes;

    protected LayerRun(Access access, LayerPolicy policy) {
        this.access = access;
        this.policy = policy;
        shape = access.context().shape();
        key = new float[shape.headDim()];
        value = new float[shape.headDim()];
        tokenBytes = policy.tokenBytes(shape.headDim());
    }

    /**
     * Adds the new token of a row, attends, and lets the policy evict.
     *
     * @param text the new token's bytes
     */
    public abstract void attend(int row, DecodeRows rows, byte[] text, float[] output);

    /** The tokens that a query head attended to in the last step, in no particular order; not to be changed. */
    public abstract int[] attended(int queryHead);

    /** The tokens that a KV head holds on the device, in no particular order. */
    public abstract int[] held(int kvHead);

    /** Whether the policy changes keys and values as it stores them. */
    protected final boolean quantises() {
        return access.info().has(Ability.QUANTISES);
    }

    /** Reads a KV head's new key and value, as the policy stores them. */
    protected final void take(int kvHead, int row, DecodeRows rows) {
        var offset = row * shape.kvWidth() + kvHead * shape.headDim();
        System.arraycopy(rows.keys(), offset, key, 0, key.length);
        System.arraycopy(rows.values(), offset, value, 0, value.length);
        if (quantises()) {
            policy.store(kvHead, rows.positions()[row], key, value);
        }
    }

    /** What it has used so far. */
    public final LayerCounts counts() {
        return counts;
    }

    /** Bytes that a token of a KV head takes on the device, key and value. */
    public final double tokenBytes() {
        return tokenBytes;
    }

    /** Bytes that come back to the device with a recalled token. */
    public final double recalledTokenBytes() {
        return policy.recalledBytes(shape.headDim());
    }

    /** Bytes on the device beside keys and values. */
    public final long summaryBytes() {
        return policy.summaryBytes();
    }
}
