package io.arkvale.kernels.primitive;

/** Checks of the numbers that kernels are made and called with. */
public final class Shapes {
    private Shapes() {}

    public static int atLeastOne(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " is " + value + " but must be at least 1");
        }
        return value;
    }

    public static int between(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + " is %d but must be from %d to %d".formatted(value, least, most));
        }
        return value;
    }
}
