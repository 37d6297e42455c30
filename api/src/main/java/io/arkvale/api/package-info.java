/** The interface between the owner of a key-value cache and the backend that keeps it. */
@NullMarked
package io.arkvale.api;

import org.jspecify.annotations.NullMarked;
