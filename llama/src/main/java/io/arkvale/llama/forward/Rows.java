package io.arkvale.llama.forward;

/**
 * Rows of numbers where dense operations compute, {@code [rows, width]}; or a view of some of them. Computed with in float32,
 * and kept in the device's type.
 */
public interface Rows extends AutoCloseable {

    int rows();

    int width();

    /** A view of {@code rows} rows from row {@code first} on; valid as long as these rows are. */
    Rows slice(int first, int rows);

    /**
     * The numbers in host memory, {@code [rows, width]}, where attention reads and writes them. The CPU gives its own memory,
     * of rows that begin at index 0; a device waits for what is under way and gives a copy.
     */
    float[] host();

    /**
     * Makes the numbers be those of an array that {@link #host} gave and that was written to since. Of the CPU's own memory
     * they are already.
     */
    void fromHost(float[] values);

    /** Frees the memory of rows that are no view, if the device has no other care of it; closing twice is harmless. */
    @Override
    void close();
}
