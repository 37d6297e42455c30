package io.arkvale.experiments.policy.page;

import io.arkvale.experiments.policy.ChoiceStep;
import java.util.Arrays;

/** A step's queries, and those of the step before. */
final class AdjacentQueries {
    private final float[][] now;
    private final float[][] before;

    AdjacentQueries(int queryHeads) {
        now = new float[queryHeads][0];
        before = new float[queryHeads][0];
    }

    /** Takes a step's queries; the first step's stand for the ones before too. */
    void take(ChoiceStep step) {
        for (int head = 0; head < now.length; head++) {
            var query = step.query(head);
            before[head] = now[head].length == 0 ? query : now[head];
            now[head] = query;
        }
    }

    float[] now(int queryHead) {
        return now[queryHead];
    }

    float[] before(int queryHead) {
        return before[queryHead];
    }

    /** Mean cosine of the angles that some heads' queries have turned. */
    double cosine(int[] queryHeads) {
        return Arrays.stream(queryHeads)
                .mapToDouble(head -> dot(now[head], before[head])
                        / Math.sqrt(dot(now[head], now[head]) * dot(before[head], before[head])))
                .average()
                .orElseThrow();
    }

    static double dot(float[] a, float[] b) {
        var sum = 0.0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }
}
