package io.arkvale.cuda.kernel;

/** How slots hold keys and values, as {@code stored.cuh} says. */
public enum Store {
    /** In the cache's element type. */
    ELEMENT(""),
    /** In 8 bits per element, with a scale per token and KV head. */
    INT8("_int8");

    private final String suffix;

    Store(String suffix) {
        this.suffix = suffix;
    }

    /** What ends the names of kernels that read or write slots. */
    public String suffix() {
        return suffix;
    }
}
