package io.arkvale.conformance.oracle;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One page of one layer, all KV heads. Immutable but for its digests; its identity is what forks share: a filled page
 * keeps it for ever, one that is not full becomes another page with every token.
 */
public final class OraclePage {
    private final float[][] keys;
    private final float[][] values;
    private final float[] @Nullable [] digests;

    private OraclePage(float[][] keys, float[][] values, int kvHeads) {
        this.keys = keys;
        this.values = values;
        this.digests = new float[kvHeads][];
    }

    static OraclePage empty(int kvHeads) {
        return new OraclePage(new float[0][], new float[0][], kvHeads);
    }

    /** The page with one more token, {@code [kvHeads · headDim]} each. */
    OraclePage with(float[] key, float[] value) {
        var moreKeys = Arrays.copyOf(keys, keys.length + 1);
        var moreValues = Arrays.copyOf(values, values.length + 1);
        moreKeys[keys.length] = key;
        moreValues[values.length] = value;
        return new OraclePage(moreKeys, moreValues, digests.length);
    }

    /** Tokens stored. */
    public int tokens() {
        return keys.length;
    }

    /** Keys of a token, {@code [kvHeads · headDim]}. */
    public float[] key(int token) {
        return keys[token];
    }

    /** Values of a token, {@code [kvHeads · headDim]}. */
    public float[] value(int token) {
        return values[token];
    }

    /** The backend's digest of a KV head, once it was found to be within its bound; null before. */
    public float @Nullable [] digest(int kvHead) {
        return digests[kvHead];
    }

    /** Takes over the backend's digest, from which scores are computed thereafter. */
    public void adoptDigest(int kvHead, float[] digest) {
        digests[kvHead] = digest;
    }
}
