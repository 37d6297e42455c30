package io.arkvale.conformance.cases;

/**
 * A tensor and what to do with it.
 *
 * @param shape shape of its cache
 * @param ofScores whether it is F32 whatever the cache's type
 * @param rows rows
 * @param heads heads per row
 * @param width elements per head
 * @param offset bytes by which segments are out of line
 * @param seed seed of the bytes
 */
public record TensorCase(Scene shape, boolean ofScores, int rows, int heads, int width, int offset, long seed) {}
