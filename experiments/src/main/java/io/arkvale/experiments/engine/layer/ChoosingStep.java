package io.arkvale.experiments.engine.layer;

import io.arkvale.experiments.engine.attention.WholeText;
import io.arkvale.experiments.policy.Ability;
import io.arkvale.experiments.policy.ChoiceStep;
import io.arkvale.experiments.policy.DecodeStep;
import io.arkvale.llama.attention.AttentionShape;
import io.arkvale.llama.attention.DecodeRows;
import java.util.Arrays;
import java.util.BitSet;

/** One step of a choosing layer as its policy sees it, before and after attention. */
final class ChoosingStep implements ChoiceStep, DecodeStep {
    private final Access access;
    private final AttentionShape shape;
    private final WholeText[] text;
    private final BitSet[] resident;
    private final float[][] scores;
    private final float[][] weights;
    private final LayerCounts counts;
    private final int row;
    private final DecodeRows rows;
    private final byte[] newText;
    /** KV heads whose keys have been read whole. */
    private final BitSet scored = new BitSet();
    /** {@code [kvHeads]}: tokens on the device, as of the last time that one was asked for. */
    private final int[][] slots;

    ChoosingStep(
            Access access,
            WholeText[] text,
            BitSet[] resident,
            float[][] scores,
            float[][] weights,
            LayerCounts counts,
            int row,
            DecodeRows rows,
            byte[] newText) {
        this.access = access;
        shape = access.context().shape();
        this.text = text;
        this.resident = resident;
        this.scores = scores;
        this.weights = weights;
        this.counts = counts;
        this.row = row;
        this.rows = rows;
        this.newText = newText;
        slots = new int[text.length][0];
    }

    @Override
    public int position() {
        return rows.positions()[row];
    }

    @Override
    public boolean holds(int kvHead, int token) {
        return resident[kvHead].get(token);
    }

    @Override
    public int held(int kvHead) {
        return resident[kvHead].cardinality();
    }

    @Override
    public int token(int kvHead, int slot) {
        var known = slots[kvHead];
        if (known.length != held(kvHead)) {
            known = resident[kvHead].stream().toArray();
            slots[kvHead] = known;
        }
        return known[slot];
    }

    @Override
    public float[] query(int queryHead) {
        access.require(Ability.QUERIES);
        return query(rows.queries(), queryHead);
    }

    @Override
    public float[] queryAt(int queryHead, int position) {
        access.require(Ability.POSITIONS);
        var query = query(rows.rawQueries(), queryHead);
        access.scores().rope().rotate(query, 0, position);
        return query;
    }

    private float[] query(float[] queries, int queryHead) {
        var from = row * shape.queryWidth() + queryHead * shape.headDim();
        return Arrays.copyOfRange(queries, from, from + shape.headDim());
    }

    @Override
    public void key(int kvHead, int token, float[] target) {
        access.require(Ability.KEYS);
        text[kvHead].getKey(token, target);
    }

    @Override
    public void keyAt(int kvHead, int token, int position, float[] target) {
        access.require(Ability.POSITIONS);
        text[kvHead].getKey(token, target);
        access.scores().rope().unrotate(target, 0, token);
        access.scores().rope().rotate(target, 0, position);
    }

    @Override
    public void value(int kvHead, int token, float[] target) {
        access.require(Ability.VALUES);
        text[kvHead].getValue(token, target);
    }

    @Override
    public float[] partialScores(int queryHead, int[] elements) {
        access.require(Ability.KEYS);
        var own = text[queryHead / shape.queryHeadsPerKvHead()];
        scored((long) Float.BYTES * elements.length * own.length());
        return own.partialScores(query(rows.queries(), queryHead), elements);
    }

    @Override
    public void bringBack(int kvHead, int[] tokens) {
        for (int token : tokens) {
            if (!resident[kvHead].get(token)) {
                access.require(Ability.RECALLS);
                resident[kvHead].set(token);
                slots[kvHead] = new int[0];
                counts.recall(1);
            }
        }
    }

    @Override
    public void scored(long bytes) {
        counts.score(bytes);
    }

    @Override
    public float[] exactScores(int queryHead) {
        access.require(Ability.EXACT_SCORES);
        var kvHead = queryHead / shape.queryHeadsPerKvHead();
        if (!scored.get(kvHead)) {
            scored((long) Float.BYTES * shape.headDim() * text[kvHead].length());
            scored.set(kvHead);
        }
        return row(scores, queryHead);
    }

    @Override
    public float[] probabilities(int queryHead) {
        access.require(Ability.PROBABILITIES);
        var all = row(weights, queryHead);
        var held = resident[queryHead / shape.queryHeadsPerKvHead()];
        var bySlot = new float[held.cardinality()];
        var slot = 0;
        for (int token = held.nextSetBit(0); token >= 0; token = held.nextSetBit(token + 1)) {
            bySlot[slot++] = all[token];
        }
        return bySlot;
    }

    private float[] row(float[][] perKvHead, int queryHead) {
        var kvHead = queryHead / shape.queryHeadsPerKvHead();
        var from = queryHead % shape.queryHeadsPerKvHead() * text[kvHead].stride();
        return Arrays.copyOfRange(perKvHead[kvHead], from, from + text[kvHead].length());
    }

    @Override
    public byte[] text() {
        access.require(Ability.TEXT);
        return newText;
    }

    @Override
    public void evict(int kvHead, int token) {
        access.require(Ability.EVICTS);
        if (!resident[kvHead].get(token)) {
            throw new IllegalArgumentException("token " + token + " is not held");
        }
        resident[kvHead].clear(token);
        slots[kvHead] = new int[0];
    }
}
