/** The paper's figures and tables, drawn from results of experiments, and the report that holds them. */
@NullMarked
package io.arkvale.experiments.figure;

import org.jspecify.annotations.NullMarked;
