/** What users give, read without guessing, and said in words when it is wrong. */
@NullMarked
package io.arkvale.experiments.input;

import org.jspecify.annotations.NullMarked;
