package io.arkvale.llama.config;

/** What the gate of a feed-forward goes through. */
public enum Activation {
    /** {@code x · sigmoid(x)}, also called swish. */
    SILU,
    /** The tanh approximation of GELU. */
    GELU_TANH
}
