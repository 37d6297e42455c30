/** What runs gave: counters, fidelity, statistics, and rows of them. */
@NullMarked
package io.arkvale.experiments.result;

import org.jspecify.annotations.NullMarked;
