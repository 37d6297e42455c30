/**
 * Small things that kernels of every kind are written with; other modules do not see them.
 *
 * <p>{@code Shapes} checks sizes and counts, {@code ScalarMath} adds in plain loops, {@code Registers} says which
 * vectors the machine prefers, {@code VectorExp2} is a power of two in them. Nothing here has state or knows of
 * storage formats.
 */
@NullMarked
package io.arkvale.kernels.primitive;

import org.jspecify.annotations.NullMarked;
