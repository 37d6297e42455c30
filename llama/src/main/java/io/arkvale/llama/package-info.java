/** A decoder for models of the Llama family; attention is supplied by its caller. */
@NullMarked
package io.arkvale.llama;

import org.jspecify.annotations.NullMarked;
