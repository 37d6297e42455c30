package io.arkvale.conformance.lockstep;

import io.arkvale.api.CacheSpec;
import io.arkvale.conformance.data.Elements;
import io.arkvale.conformance.oracle.OraclePage;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** The bytes of a group page in the layout of {@code CacheView.copyResident}, and where two of them differ. */
final class PageBytes {
    private final CacheSpec spec;

    PageBytes(CacheSpec spec) {
        this.spec = spec;
    }

    /** What a page must show. */
    MemorySegment encode(OraclePage page, int group) {
        var headDim = spec.headDim();
        var heads = spec.kvHeadsPerGroup();
        var numbers = new float[2 * heads * spec.pageSize() * headDim];
        for (var head = 0; head < heads; head++) {
            var from = (group * heads + head) * headDim;
            for (var token = 0; token < page.tokens(); token++) {
                var key = (head * spec.pageSize() + token) * headDim;
                System.arraycopy(page.key(token), from, numbers, key, headDim);
                System.arraycopy(page.value(token), from, numbers, numbers.length / 2 + key, headDim);
            }
        }
        return Elements.segment(spec.elementType(), numbers);
    }

    /**
     * Says where a page differs from what it must be, and which other row stands there.
     *
     * @param firstByte first byte that differs
     */
    String difference(OraclePage page, int group, MemorySegment found, MemorySegment expected, long firstByte) {
        var headDim = spec.headDim();
        var element = firstByte / spec.elementType().bytes();
        var row = Math.toIntExact(element / headDim);
        var rowsOfKeys = spec.kvHeadsPerGroup() * spec.pageSize();
        var value = row >= rowsOfKeys;
        var head = row % rowsOfKeys / spec.pageSize();
        var token = row % spec.pageSize();
        var kvHead = group * spec.kvHeadsPerGroup() + head;
        var text = "the " + name(value, token, kvHead) + ", element " + element % headDim + ", is "
                + Elements.get(spec.elementType(), found, element) + ", must be "
                + Elements.get(spec.elementType(), expected, element)
                + (token < page.tokens() ? "" : " (the token is not stored yet)");
        var numbers = new float[headDim];
        for (var i = 0; i < headDim; i++) {
            numbers[i] = Elements.get(spec.elementType(), found, (long) row * headDim + i);
        }
        return text + instead(page, numbers, value, token, kvHead);
    }

    private String instead(OraclePage page, float[] found, boolean value, int token, int kvHead) {
        var zeros = true;
        for (var number : found) {
            zeros &= number == 0;
        }
        if (zeros) {
            return "\n  the whole row is zero: check that it is stored before it is copied";
        }
        for (var other = 0; other < page.tokens(); other++) {
            for (var otherHead = 0; otherHead < spec.kvHeads(); otherHead++) {
                for (var otherValue : new boolean[] {value, !value}) {
                    var row = otherValue ? page.value(other) : page.key(other);
                    var from = otherHead * spec.headDim();
                    var same = Arrays.equals(row, from, from + spec.headDim(), found, 0, spec.headDim());
                    if (same && !(other == token && otherHead == kvHead && otherValue == value)) {
                        return "\n  the row is the " + name(otherValue, other, otherHead);
                    }
                }
            }
        }
        return "";
    }

    private static String name(boolean value, int token, int kvHead) {
        return (value ? "value" : "key") + " of the page's token " + token + ", KV head " + kvHead;
    }
}
