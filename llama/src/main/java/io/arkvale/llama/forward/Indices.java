package io.arkvale.llama.forward;

/** Whole numbers where dense operations compute, one per row: tokens or positions; or a view of some of them. */
public interface Indices extends AutoCloseable {

    int rows();

    /** A view of {@code rows} numbers from {@code first} on. */
    Indices slice(int first, int rows);

    /** As {@link Rows#close}. */
    @Override
    void close();
}
