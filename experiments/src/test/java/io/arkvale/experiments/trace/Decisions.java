package io.arkvale.experiments.trace;

import io.arkvale.experiments.engine.group.Runs;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** What one run decided: after every step, in each limited layer, the tokens attended to and those held. */
final class Decisions implements Consumer<Runs> {
    private final ShapeOfDecisions shape;
    private final int run;
    private final Map<String, List<Integer>> sets = new LinkedHashMap<>();

    /** The layers and heads that are looked at. */
    record ShapeOfDecisions(int firstLayer, int layers, int queryHeads, int kvHeads) {
        static ShapeOfDecisions shipped(int denseLayers) {
            return new ShapeOfDecisions(denseLayers, 6, 4, 2);
        }
    }

    Decisions(int run, ShapeOfDecisions shape) {
        this.run = run;
        this.shape = shape;
    }

    @Override
    public void accept(Runs runs) {
        for (int layer = shape.firstLayer(); layer < shape.layers(); layer++) {
            var place = "token " + runs.position() + ", layer " + layer;
            for (int head = 0; head < shape.queryHeads(); head++) {
                sets.put(place + ", query head " + head + " attends to", sorted(runs.attended(run, layer, head)));
            }
            for (int head = 0; head < shape.kvHeads(); head++) {
                sets.put(place + ", KV head " + head + " holds", sorted(runs.held(run, layer, head)));
            }
        }
    }

    private static List<Integer> sorted(int[] tokens) {
        return Arrays.stream(tokens).sorted().boxed().toList();
    }

    /** Every set by when and where it was decided. */
    Map<String, List<Integer>> sets() {
        return sets;
    }
}
