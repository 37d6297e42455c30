/**
 * Policies that drop tokens for good, at every step that goes over the budget.
 *
 * <ul>
 *   <li>by place: StreamingLLM and LM-Infinite (the first and the last), DuoAttention (the same, but for heads that retrieve);
 *   <li>by attention so far: H2O, Keyformer, Scissorhands, Q-Hitter and ALISA; TOVA by the last query's alone;
 *   <li>by the keys themselves: KeyDiff;
 *   <li>FastGen chooses one of such rules for each head.
 * </ul>
 */
@NullMarked
package io.arkvale.experiments.policy.evict;

import org.jspecify.annotations.NullMarked;
