package io.arkvale.cuda.step;

import io.arkvale.api.CallOrderException;
import io.arkvale.api.InvalidArgumentException;
import io.arkvale.api.support.CallChecks;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumSet;

/** Which calls a step may get next. Checking changes nothing; the state moves once a call's work is queued. */
public final class StepOrder {
    /** What the current layer has had. */
    public enum State {
        NOTHING,
        APPEND,
        ESTIMATE,
        SELECT,
        RECALL,
        PREFILL,
        INGEST
    }

    private final int layers;
    private final int[] tokens;
    private final int[] stored;
    private final boolean oneTokenEach;
    private final BitSet prefetched = new BitSet();
    private int layer;
    private State state = State.NOTHING;

    public StepOrder(int layers, int[] tokens) {
        this.layers = layers;
        this.tokens = tokens;
        stored = new int[tokens.length];
        oneTokenEach = Arrays.stream(tokens).allMatch(count -> count == 1);
    }

    public boolean isPrefetched(int index) {
        return prefetched.get(index);
    }

    /** Tokens of a member that a layer has got in this step. */
    public int stored(int index, int member) {
        if (index != layer) {
            return index < layer ? tokens[member] : 0;
        }
        return switch (state) {
            case NOTHING -> 0;
            case APPEND, ESTIMATE, SELECT, RECALL -> 1;
            case PREFILL, INGEST -> stored[member];
        };
    }

    public void requireDecode(String call, int index) {
        requireCurrent(index);
        if (!oneTokenEach) {
            throw new CallOrderException(call + " takes one token a sequence, and this batch has more: use prefill");
        }
        require(call, EnumSet.of(State.NOTHING));
    }

    public void requireEstimate(int index) {
        requireCurrent(index);
        requireNoPrefetch("estimate");
        require("estimate", EnumSet.of(State.APPEND, State.ESTIMATE));
    }

    public void requireSelect(int index, boolean ownScores) {
        requireCurrent(index);
        requireNoPrefetch("select");
        require("select", ownScores ? EnumSet.of(State.APPEND, State.ESTIMATE) : EnumSet.of(State.ESTIMATE));
    }

    public void requireRecall(int index) {
        requireCurrent(index);
        requireNoPrefetch("recall");
        require("recall", EnumSet.of(State.SELECT));
    }

    public void requireAttend(int index) {
        requireCurrent(index);
        require("attend", EnumSet.of(isPrefetched(index) ? State.APPEND : State.RECALL));
    }

    public void requireChunk(int index, int[] counts, State route) {
        requireCurrent(index);
        requireNoPrefetch("prefill or ingest");
        require("a chunk by " + route, EnumSet.of(State.NOTHING, route));
        if (counts.length != tokens.length) {
            throw new InvalidArgumentException(
                    "tokens has " + counts.length + " numbers; allowed: one a sequence of the batch, " + tokens.length);
        }
        boolean any = false;
        for (int i = 0; i < counts.length; i++) {
            int left = tokens[i] - stored[i];
            if (counts[i] < 0 || counts[i] > left) {
                throw new InvalidArgumentException(
                        "tokens of sequence " + i + " is " + counts[i] + "; allowed: 0 to " + left);
            }
            any |= counts[i] > 0;
        }
        if (!any) {
            throw new InvalidArgumentException("tokens is 0 for every sequence; allowed: at least one above 0");
        }
    }

    public void requireFinishPrefill(int index) {
        requireCurrent(index);
        require("finishPrefill", EnumSet.of(State.PREFILL, State.INGEST));
        for (int i = 0; i < tokens.length; i++) {
            if (stored[i] != tokens[i]) {
                throw new CallOrderException("finishPrefill of layer " + layer + " comes too early: sequence " + i
                        + " has " + stored[i] + " of its " + tokens[i] + " tokens");
            }
        }
    }

    public void requirePrefetch(int index) {
        requireIndex(index);
        if (!oneTokenEach) {
            throw new CallOrderException("prefetch needs one token a sequence, and this batch has more");
        }
        int lastBegun = state == State.NOTHING ? layer - 1 : layer;
        if (index <= lastBegun || isPrefetched(index)) {
            throw new CallOrderException("prefetch of layer " + index + " comes too late: it has begun already");
        }
    }

    public void requireCommit() {
        if (layer < layers) {
            throw new CallOrderException("commit comes too early: layer " + layer + " is not done");
        }
    }

    public void requireIndex(int index) {
        CallChecks.index("layer", index, layers);
    }

    public void reach(State reached) {
        state = reached;
    }

    public void addChunk(int[] counts, State route) {
        state = route;
        for (int i = 0; i < counts.length; i++) {
            stored[i] += counts[i];
        }
    }

    public void addPrefetch(int index) {
        prefetched.set(index);
    }

    public void endLayer() {
        layer++;
        state = State.NOTHING;
        Arrays.fill(stored, 0);
    }

    private void requireCurrent(int index) {
        requireIndex(index);
        if (index != layer) {
            throw new CallOrderException("layer " + index + " is out of order: "
                    + (layer < layers ? "layer " + layer + " is next" : "all layers are done"));
        }
    }

    private void requireNoPrefetch(String call) {
        if (isPrefetched(layer)) {
            throw new CallOrderException(
                    call + " is out of order: layer " + layer + " is prefetched, append and attend are left");
        }
    }

    private void require(String call, EnumSet<State> allowed) {
        if (!allowed.contains(state)) {
            throw new CallOrderException(
                    call + " is out of order: layer " + layer + " has had " + state + ", allowed after " + allowed);
        }
    }
}
