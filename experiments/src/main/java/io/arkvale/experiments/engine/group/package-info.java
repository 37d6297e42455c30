/**
 * Runs that decode together. {@code Runs} owns a step; {@code PolicyGroup} computes token policies, {@code CacheGroup} drives a cache of a
 * backend ({@code DecodingSequences} owns it, {@code Handover} fills it, {@code OwnChoice} says what guessed
 * queries missed), {@code FidelityProbe} compares each with full attention.
 */
@NullMarked
package io.arkvale.experiments.engine.group;

import org.jspecify.annotations.NullMarked;
