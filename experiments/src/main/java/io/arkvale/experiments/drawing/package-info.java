/**
 * Draws charts as SVG.
 *
 * <p>{@link io.arkvale.experiments.drawing.ChartDrawing} draws any chart. A painter per kind fills the plot with
 * JFreeChart; {@code Sheet} holds what all kinds share: heading, finding, key and the titles of the axes; {@code
 * LabelColumn} and {@code LabelPlacement} find room for names beside what they name. {@code SvgDocument} turns what
 * Batik recorded into a small document of its own, with text as text and the colours of a {@link
 * io.arkvale.experiments.drawing.Theme}. The place of every value is the same on all machines; only the letters' own
 * measures come from the fonts of the machine.
 */
@NullMarked
package io.arkvale.experiments.drawing;

import org.jspecify.annotations.NullMarked;
