/**
 * Policies that bring evicted tokens back.
 *
 * <ul>
 *   <li>ArkVale is run by a backend; Pages is the same in the engine, with digests still on trial;
 *   <li>InfLLM represents blocks by a few of their keys ({@code InfLlmLayer} is one layer of it);
 *   <li>ShadowKV keeps keys of low rank ({@code LowRankKeys}, by {@code Eigenvectors}) and fetches values.
 * </ul>
 */
@NullMarked
package io.arkvale.experiments.policy.recall;

import org.jspecify.annotations.NullMarked;
