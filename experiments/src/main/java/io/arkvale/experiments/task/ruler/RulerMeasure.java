package io.arkvale.experiments.task.ruler;

/** What RULER's scores are. */
final class RulerMeasure {
    static final String NAME = "share of references found";

    private RulerMeasure() {}
}
