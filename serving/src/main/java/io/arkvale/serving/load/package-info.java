/** A client that loads a server with requests at a rate, and says how long its answers took. */
@NullMarked
package io.arkvale.serving.load;

import org.jspecify.annotations.NullMarked;
