package io.arkvale.serving;

import java.util.Arrays;

/**
 * Tokens in the order in which a model sees them. Those of prompts are read many at a time with full attention; those of
 * answers came one per step, within a budget. A model's numbers differ between the two, so a token remembers which it is, and
 * a text that is read again gives the bits that it gave at first.
 */
public final class Text {

    private static final int GENERATED = 1 << 31;

    private final int[] keys;

    private Text(int[] keys) {
        this.keys = keys;
    }

    /** A prompt. */
    public static Text prompt(int... tokens) {
        return new Text(new int[0]).thenPrompt(tokens);
    }

    /** This text and more that is read. */
    public Text thenPrompt(int... tokens) {
        return then(0, tokens);
    }

    /** This text and more that was generated. */
    public Text thenAnswer(int... tokens) {
        return then(GENERATED, tokens);
    }

    private Text then(int kind, int[] tokens) {
        var all = Arrays.copyOf(keys, keys.length + tokens.length);
        for (int i = 0; i < tokens.length; i++) {
            if (tokens[i] < 0) {
                throw new IllegalArgumentException("a token is " + tokens[i] + "; allowed: 0 or more");
            }
            all[keys.length + i] = tokens[i] | kind;
        }
        return new Text(all);
    }

    /** Tokens of it. */
    public int length() {
        return keys.length;
    }

    /** All of its tokens. */
    public int[] tokens() {
        return Arrays.stream(keys).map(Text::token).toArray();
    }

    /** A copy with room for more: each number is a token and its kind. */
    int[] keys(int more) {
        return Arrays.copyOf(keys, Math.addExact(keys.length, more));
    }

    /** The first of the numbers that {@link #keys} gave, as a text. */
    static Text of(int[] keys, int length) {
        return new Text(Arrays.copyOf(keys, length));
    }

    static int token(int key) {
        return key & ~GENERATED;
    }

    static int generated(int token) {
        return token | GENERATED;
    }

    static boolean isGenerated(int key) {
        return key < 0;
    }
}
