package io.arkvale.experiments.policy.page.described;

import io.arkvale.api.Digest;

/**
 * A page's parts: of each a centre and its extents.
 *
 * @param centres {@code [parts][headDim]}
 * @param extents {@code [parts][extents]}, the factor counted in
 */
@SuppressWarnings("ArrayRecordComponent") // rounded in place
record Volumes(float[] centres, float[] extents) {
    /**
     * Summarises a page as the interface defines it: extents of numbers in few bits are measured from the centre as it is
     * stored.
     *
     * @param keys {@code [tokens][headDim]}
     */
    static Volumes of(Digest digest, float[][] keys, Rounding rounding) {
        var form = digest.form();
        var headDim = keys[0].length;
        var tokens = keys.length / form.parts();
        var centres = new float[form.parts() * headDim];
        for (int part = 0; part < form.parts(); part++) {
            for (int i = 0; i < headDim; i++) {
                centres[part * headDim + i] = centre(form.shape(), keys, part * tokens, tokens, i);
            }
        }
        var exact = centres.clone();
        rounding.centres(centres);
        var isExact = form.isWhole() && form.parts() == 1;
        var width = form.shape().extents(headDim);
        var extents = new float[form.parts() * width];
        for (int part = 0; part < form.parts(); part++) {
            for (int j = 0; j < width; j++) {
                extents[part * width + j] = extent(digest, keys, part, tokens, j, isExact ? exact : centres);
            }
        }
        rounding.extents(extents);
        return new Volumes(centres, extents);
    }

    private static float centre(Digest.Shape shape, float[][] keys, int from, int tokens, int i) {
        var least = keys[from][i];
        var most = least;
        var sum = 0.0;
        for (int token = from; token < from + tokens; token++) {
            least = Math.min(least, keys[token][i]);
            most = Math.max(most, keys[token][i]);
            sum += keys[token][i];
        }
        return switch (shape) {
            case CUBOID, SPHERE -> (least + most) / 2;
            case DISC, POINT -> (float) (sum / tokens);
        };
    }

    private static float extent(Digest digest, float[][] keys, int part, int tokens, int j, float[] centres) {
        var headDim = keys[0].length;
        var least = Double.POSITIVE_INFINITY;
        var most = 0.0;
        var sum = 0.0;
        for (int token = part * tokens; token < (part + 1) * tokens; token++) {
            var distance = distance(digest.shape(), keys[token], centres, part * headDim, j);
            least = Math.min(least, distance);
            most = Math.max(most, distance);
            sum += distance;
        }
        var extent = switch (digest.extent()) {
            case LARGEST -> most;
            case CENTER -> (least + most) / 2;
            case MEAN -> sum / tokens;
            case NONE -> throw new IllegalStateException("points have no extents");
        };
        return (float) (extent * digest.factor());
    }

    private static double distance(Digest.Shape shape, float[] key, float[] centres, int at, int j) {
        return switch (shape) {
            case CUBOID -> Math.abs(key[j] - centres[at + j]);
            case DISC -> {
                var other = j + key.length / 2;
                var first = (double) key[j] - centres[at + j];
                var second = (double) key[other] - centres[at + other];
                yield Math.sqrt(first * first + second * second);
            }
            case SPHERE -> {
                var square = 0.0;
                for (int i = 0; i < key.length; i++) {
                    var gap = (double) key[i] - centres[at + i];
                    square += gap * gap;
                }
                yield Math.sqrt(square);
            }
            case POINT -> throw new IllegalStateException("points have no extents");
        };
    }
}
