package io.arkvale.llama;

/** What is read off a row of logits. */
public final class Logits {

    private Logits() {}

    /** Refuses a row of logits with NaN or infinity in it, which a model's numbers become when they overflow. */
    static void requireFinite(float[] logits, int offset, int vocabulary, int token, int position) {
        for (int i = 0; i < vocabulary; i++) {
            if (!Float.isFinite(logits[offset + i])) {
                throw new ArithmeticException(
                        "after token " + token + " at position " + position + " the logit of token " + i + " is "
                                + logits[offset + i] + ": the model computes no numbers from there on");
            }
        }
    }

    /** The token of the largest of {@code vocabulary} logits from {@code offset}; of equal ones the first. */
    public static int argmax(float[] logits, int offset, int vocabulary) {
        int best = 0;
        for (int token = 1; token < vocabulary; token++) {
            if (logits[offset + token] > logits[offset + best]) {
                best = token;
            }
        }
        return best;
    }

    /** The natural logarithm of a token's softmax probability, in float64. */
    public static double logProbability(float[] logits, int offset, int vocabulary, int token) {
        double largest = logits[offset + argmax(logits, offset, vocabulary)];
        double sum = 0;
        for (int i = 0; i < vocabulary; i++) {
            sum += Math.exp(logits[offset + i] - largest);
        }
        return logits[offset + token] - largest - Math.log(sum);
    }
}
