/** Tasks: texts with questions whose answers are known. */
@NullMarked
package io.arkvale.experiments.task;

import org.jspecify.annotations.NullMarked;
