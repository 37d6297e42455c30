package io.arkvale.conformance.cases;

import io.arkvale.conformance.cases.Inputs.What;

/**
 * A number that is not finite and where it appears.
 *
 * @param scene the scene
 * @param what in which kind of row
 * @param number the number
 * @param prefill whether the step is a prefill
 * @param route how the step decodes if it is none
 * @param members how many members are concerned
 */
public record Poisoning(Scene scene, What what, float number, boolean prefill, Route route, int members) {}
