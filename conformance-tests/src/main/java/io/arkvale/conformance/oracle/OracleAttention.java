package io.arkvale.conformance.oracle;

import static io.arkvale.conformance.oracle.Rounding.UNDERFLOW;
import static io.arkvale.conformance.oracle.Rounding.gamma;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.ElementType;
import io.arkvale.conformance.data.Elements;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Softmax attention by its definition (rules 601 to 604), with the attend bound. */
public final class OracleAttention {
    private OracleAttention() {}

    /**
     * Output of one token.
     *
     * @param query {@code [queryHeads · headDim]}
     * @param attended pages attended to, one set a head group
     * @param tokens tokens of the layer that exist for this query: later ones are left out, and those outside the window that
     *     ends with the last of them
     * @return {@code [queryHeads · headDim]}
     */
    public static Bounded attend(CacheSpec cache, OracleTable table, float[] query, BitSet[] attended, int tokens) {
        var result = Bounded.zeros(cache.queryHeads() * cache.headDim());
        for (var group = 0; group < cache.headGroups(); group++) {
            var keys = new ArrayList<float[]>();
            var values = new ArrayList<float[]>();
            for (var page = attended[group].nextSetBit(0); page >= 0; page = attended[group].nextSetBit(page + 1)) {
                for (var token = 0; token < table.page(page).tokens(); token++) {
                    var position = page * cache.pageSize() + token;
                    if (position < tokens && position >= tokens - cache.window(table.layer())) {
                        keys.add(table.page(page).key(token));
                        values.add(table.page(page).value(token));
                    }
                }
            }
            for (var h = 0; h < cache.queryHeadsPerGroup(); h++) {
                attendHead(cache, group * cache.queryHeadsPerGroup() + h, query, keys, values, result);
            }
        }
        return result;
    }

    private static void attendHead(
            CacheSpec cache, int queryHead, float[] query, List<float[]> keys, List<float[]> values, Bounded result) {
        var d = cache.headDim();
        var kv = queryHead / cache.queryHeadsPerKvHead() * d;
        var q = queryHead * d;
        var scale = cache.attentionScale();
        var m = keys.size();
        var logits = new double[m];
        var most = Double.NEGATIVE_INFINITY;
        var delta = 0.0;
        for (var j = 0; j < m; j++) {
            var key = keys.get(j);
            var dot = 0.0;
            var magnitude = 0.0;
            for (var i = 0; i < d; i++) {
                var product = (double) query[q + i] * key[kv + i];
                dot += product;
                magnitude += Math.abs(product);
            }
            logits[j] = dot * scale;
            most = Math.max(most, logits[j]);
            delta = Math.max(delta, gamma(d + 2) * magnitude * scale);
        }
        var sum = 0.0;
        for (var j = 0; j < m; j++) {
            logits[j] = Math.exp(logits[j] - most);
            sum += logits[j];
        }
        var relative = Math.expm1(2 * delta) + gamma(m + 8) + probabilityRoundoff(cache.elementType());
        for (var i = 0; i < d; i++) {
            var output = 0.0;
            var largest = 0.0;
            for (var j = 0; j < m; j++) {
                var value = values.get(j)[kv + i];
                output += logits[j] / sum * value;
                largest = Math.max(largest, Math.abs(value));
            }
            result.exact()[q + i] = output;
            result.bound()[q + i] = relative * largest
                    + cache.elementType().unitRoundoff() * Math.abs(output)
                    + (m + 8) * UNDERFLOW
                    + Elements.smallestSubnormal(cache.elementType());
        }
    }

    /** Probabilities may be held in the element type, never in less. */
    private static double probabilityRoundoff(ElementType type) {
        return type == ElementType.F32 ? 0 : type.unitRoundoff();
    }
}
