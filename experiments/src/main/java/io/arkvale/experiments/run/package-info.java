/**
 * Runs plans on a model: {@code Lab} holds the model and what it computes with, {@code Session} decodes, the others ask questions or
 * feed texts.
 */
@NullMarked
package io.arkvale.experiments.run;

import org.jspecify.annotations.NullMarked;
