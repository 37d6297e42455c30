/** Result tables and their origin, written for terminals, programs and files. */
@NullMarked
package io.arkvale.experiments.report;

import org.jspecify.annotations.NullMarked;
