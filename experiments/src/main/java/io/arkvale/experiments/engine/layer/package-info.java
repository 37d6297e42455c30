/**
 * One layer of one run. {@code EvictingLayer} serves policies that attend to all they hold, {@code ChoosingLayer} those that choose,
 * {@code DenseLayers} full attention. {@code Access} shows a policy what it declares to need.
 */
@NullMarked
package io.arkvale.experiments.engine.layer;

import org.jspecify.annotations.NullMarked;
