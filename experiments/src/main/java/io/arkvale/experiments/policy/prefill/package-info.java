/**
 * Policies that decide once, at the end of the context, what stays of it, and keep what is decoded on top.
 *
 * <p>{@link io.arkvale.experiments.policy.prefill.WindowVote} is what SnapKV and its descendants share: the last tokens
 * vote for earlier ones. PyramidKV divides the budget among layers, Ada-KV among the heads of a layer, KVzip among all
 * heads of all layers.
 */
@NullMarked
package io.arkvale.experiments.policy.prefill;

import org.jspecify.annotations.NullMarked;
