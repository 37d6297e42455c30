/**
 * What values are and mean. {@code Python}: truth, equality, order, text; {@code Arithmetic}: operators. {@code Filters},
 * {@code Tests}, {@code Methods} and {@code Functions}: those that there are, called with what is {@code Given}.
 *
 * <p>Values are {@link java.lang.String}, {@link java.lang.Long}, {@link java.lang.Double}, {@link java.lang.Boolean},
 * {@link java.util.List}, {@link java.util.Map} with strings as keys, null for None, {@code Undefined}, {@code Lazy} and
 * {@code Namespace}.
 */
@NullMarked
package io.arkvale.llama.text.jinja.value;

import org.jspecify.annotations.NullMarked;
