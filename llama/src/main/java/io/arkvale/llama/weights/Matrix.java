package io.arkvale.llama.weights;

/** The weights W of a linear layer, where a device keeps them. Read-only once filled. */
public interface Matrix {

    /** Rows of W. */
    int outputs();

    /** Columns of W. */
    int inputs();
}
