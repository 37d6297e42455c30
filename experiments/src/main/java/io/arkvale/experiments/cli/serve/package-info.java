/** Serving over HTTP, and load for a server. */
@NullMarked
package io.arkvale.experiments.cli.serve;

import org.jspecify.annotations.NullMarked;
