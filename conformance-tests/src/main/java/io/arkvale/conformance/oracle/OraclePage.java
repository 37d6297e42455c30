package io.arkvale.conformance.oracle;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Keys and values of one page of one layer, all KV heads. Immutable; its identity is what forks share: a filled page keeps it
 * for ever, one that is not full becomes another page with every token.
 */
public final class OraclePage {
    private final float[][] keys;
    private final float[][] values;

    /** The page whose first tokens these are: both may lie in one slot. */
    private final OraclePage root;

    /** The one that all who have a backup of this page share. */
    private final PageRecord.Backup backup = new PageRecord.Backup();

    private OraclePage(float[][] keys, float[][] values, @Nullable OraclePage root) {
        this.keys = keys;
        this.values = values;
        this.root = root == null ? this : root;
    }

    static OraclePage empty() {
        return new OraclePage(new float[0][], new float[0][], null);
    }

    /** The page with one more token, {@code [kvHeads · headDim]} each. */
    OraclePage with(float[] key, float[] value) {
        var moreKeys = Arrays.copyOf(keys, keys.length + 1);
        var moreValues = Arrays.copyOf(values, values.length + 1);
        moreKeys[keys.length] = key;
        moreValues[values.length] = value;
        return new OraclePage(moreKeys, moreValues, null);
    }

    /** The page without its last tokens; itself if it has no more. */
    OraclePage cut(int tokens) {
        return tokens == keys.length
                ? this
                : new OraclePage(Arrays.copyOf(keys, tokens), Arrays.copyOf(values, tokens), root);
    }

    /** Whether both may lie in one slot: they are the same page, or the first tokens of the same page. */
    public boolean maySharePlace(OraclePage other) {
        return root == other.root;
    }

    /** Its backup, if a sequence has one. */
    PageRecord.Backup backup() {
        return backup;
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
}
