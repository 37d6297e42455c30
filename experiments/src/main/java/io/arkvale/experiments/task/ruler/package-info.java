/**
 * RULER's tasks (Hsieh et al., 2024): needles, chains of variables, common and frequent words. Their score is the share of
 * the references that the answer names.
 */
@NullMarked
package io.arkvale.experiments.task.ruler;

import org.jspecify.annotations.NullMarked;
