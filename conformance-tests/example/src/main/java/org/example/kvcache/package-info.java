/** A complete small backend, to copy: a provider and a device. */
@NullMarked
package org.example.kvcache;

import org.jspecify.annotations.NullMarked;
