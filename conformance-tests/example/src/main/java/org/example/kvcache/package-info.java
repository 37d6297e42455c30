/** A complete small backend, to copy: a provider, a device, and what the device keeps of a page. */
@NullMarked
package org.example.kvcache;

import org.jspecify.annotations.NullMarked;
