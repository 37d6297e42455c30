/**
 * A complete small ArkVale backend in plain Java, written to be read: float32 arithmetic in simple loops, one object a
 * page, and slots that are settled after every call by looking at who still needs them.
 */
@NullMarked
package org.example.kvcache;

import org.jspecify.annotations.NullMarked;
