package io.arkvale.llama.forward;

/** Rows of float32 numbers where dense operations compute, {@code [rows, width]}; or a view of some of them. */
public interface Rows {

    int rows();

    int width();

    /** A view of {@code rows} rows from row {@code first} on. */
    Rows slice(int first, int rows);

    /**
     * The numbers in host memory, where attention reads and writes them: of rows that are no view, from index 0. The CPU
     * gives its own memory; a device would give a copy that it keeps equal.
     */
    float[] host();
}
