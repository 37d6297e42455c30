package io.arkvale.tornado;

import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * The attention scale in the table's header. TornadoVM cannot reinterpret bits on all devices, so a number goes as a whole
 * number and how often it is halved or doubled; each of these steps is exact.
 */
final class AttentionScale {
    private AttentionScale() {}

    /** Puts a scale above 0 into the header. */
    static void put(Table table, float scale) {
        int exponent = Math.getExponent(scale) - (Float.PRECISION - 1);
        table.header(Table.SIGNIFICAND, (int) Math.scalb((double) scale, -exponent));
        table.header(Table.HALVINGS, Math.max(0, -exponent));
        table.header(Table.DOUBLINGS, Math.max(0, exponent));
    }

    /** In kernels: the scale. */
    static float number(IntArray table) {
        float scale = table.get(Table.SIGNIFICAND);
        for (int i = 0; i < table.get(Table.HALVINGS); i++) {
            scale *= 0.5f;
        }
        for (int i = 0; i < table.get(Table.DOUBLINGS); i++) {
            scale *= 2;
        }
        return scale;
    }
}
