package io.arkvale.experiments.drawing;

import java.awt.Graphics2D;
import java.awt.geom.Rectangle2D;
import java.util.List;

/** Fills the plot of one kind of chart. */
interface Painter {
    /** What the key says, which stands above the plot; empty if nothing needs to be said. */
    List<KeyEntry> key();

    /** Height of the plot, with the marks of its axes. */
    double height();

    /** Draws the values and the axes within an area. */
    void paint(Graphics2D graphics, Rectangle2D area);
}
