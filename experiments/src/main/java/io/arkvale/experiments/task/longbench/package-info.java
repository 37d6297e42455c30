/**
 * LongBench (Bai et al., 2024): a file of its own lines, which a user brings, asked and scored as its own program does.
 *
 * <ul>
 *   <li>{@link io.arkvale.experiments.task.longbench.LongBench} is the task: lines become prompts, too long ones are cut;
 *   <li>{@code Dataset} says which measure each dataset has, {@code Prompts} how it is asked and for how long;
 *   <li>{@code WordF1}, {@code RougeL}, {@code ClassNames}, {@code Numbers} and {@code CodeSimilarity} are the measures;
 *   <li>{@code PythonText} splits texts as Python does, {@code StrictJson} reads what must have no doubt in it.
 * </ul>
 */
@NullMarked
package io.arkvale.experiments.task.longbench;

import org.jspecify.annotations.NullMarked;
