/** Attention of one KV head over tokens that a run holds or has seen: {@code HeldTokens} stores them, the others read them. */
@NullMarked
package io.arkvale.experiments.engine.attention;

import org.jspecify.annotations.NullMarked;
