package io.arkvale.cuda.kernel;

import java.util.Locale;

/** How slots hold keys and values, as {@code stored.cuh} says. */
public enum Store {
    /** In the cache's element type. */
    ELEMENT(80),
    /** In 8 bits per element, whole numbers with a scale per token and KV head. */
    INT8(80),
    /** In 8 bits per element with an exponent each (E4M3), with a scale per token and KV head. */
    FP8(89);

    private final int capability;

    Store(int capability) {
        this.capability = capability;
    }

    /** Its name as a value of the option {@code store}. */
    public String option() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The least compute capability that its images are for, times ten. */
    public int capability() {
        return capability;
    }
}
