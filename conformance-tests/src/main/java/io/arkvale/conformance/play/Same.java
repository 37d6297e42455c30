package io.arkvale.conformance.play;

import io.arkvale.conformance.lockstep.Pair;
import io.arkvale.conformance.lockstep.RuleViolation;
import java.util.Arrays;
import java.util.Objects;

/** Requires that two runs of the same texts gave the same bits. */
public final class Same {
    private Same() {}

    /** Of all sequences. */
    public static void require(int rule, Play one, Play other) {
        for (var i = 0; i < one.pairs().size(); i++) {
            require(rule, one, one.pairs().get(i), other, other.pairs().get(i));
        }
    }

    /** Of one sequence each: outputs, counts of the last step, residence and digests. */
    public static void require(int rule, Play one, Pair a, Play other, Pair b) {
        RuleViolation.require(
                rule,
                a.outputs().keySet().equals(b.outputs().keySet()),
                "%d outputs and %d",
                a.outputs().size(),
                b.outputs().size());
        a.outputs().forEach((place, output) -> {
            var same = Arrays.equals(output, b.outputs().get(place));
            RuleViolation.require(
                    rule,
                    same,
                    "the output of layer %d, token %d of %s differs in its bits",
                    place.layer(),
                    place.token(),
                    a);
        });
        var counts = a.counts();
        RuleViolation.require(
                rule,
                counts != null && counts.equals(b.counts()),
                "counts are %s and %s",
                Objects.toString(counts),
                Objects.toString(b.counts()));
        for (var layer = 0; layer < one.layers(); layer++) {
            requireTable(rule, one, a, other, b, layer);
        }
    }

    private static void requireTable(int rule, Play one, Pair a, Play other, Pair b, int layer) {
        var spec = one.lockstep().spec();
        var table = a.model().table(layer);
        for (var group = 0; group < spec.headGroups(); group++) {
            RuleViolation.require(
                    rule,
                    table.resident(group).equals(b.model().table(layer).resident(group)),
                    "layer %d group %d: resident are %s and %s",
                    layer,
                    group,
                    table.resident(group),
                    b.model().table(layer).resident(group));
        }
        for (var page = 0; table.limited() && page < table.filled(); page++) {
            for (var kvHead = 0; kvHead < spec.kvHeads(); kvHead++) {
                RuleViolation.require(
                        rule,
                        Arrays.equals(
                                one.lockstep().view().digest(a.sequence(), layer, kvHead, page),
                                other.lockstep().view().digest(b.sequence(), layer, kvHead, page)),
                        "the digest of layer %d page %d KV head %d differs in its bits",
                        layer,
                        page,
                        kvHead);
            }
        }
    }
}
