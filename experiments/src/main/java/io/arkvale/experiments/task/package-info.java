/**
 * Tasks: texts with questions whose answers are known. A {@link io.arkvale.experiments.task.Task} makes
 * {@link io.arkvale.experiments.task.Episode episodes}, whose questions carry the
 * {@link io.arkvale.experiments.task.Scoring} of their answers. {@code Filler}, {@code HeldOutText}, {@code MagicNumbers},
 * {@code Words} and {@code Draw} are what texts are made of. RULER's tasks are in {@code ruler}, LongBench's file in
 * {@code longbench}.
 */
@NullMarked
package io.arkvale.experiments.task;

import org.jspecify.annotations.NullMarked;
