/**
 * The part of Jinja 2 that chat templates are written in, with the meaning that Python gives it. What is outside of it is
 * refused when a template is read, or at the latest when the value is there that shows it; it is never approximated.
 *
 * <ul>
 *   <li>{@code Lexer}: text to tokens, with the rules of white space ({@code trim_blocks} and {@code lstrip_blocks} on).
 *   <li>{@code ExpressionParser} and {@code TemplateParser}: tokens to {@link
 *       io.arkvale.llama.text.jinja.Expression}s and {@link io.arkvale.llama.text.jinja.Statement}s.
 *   <li>{@code Renderer}: runs statements; {@code Evaluator}: gives the value of expressions in a {@code Scope}.
 *   <li>{@code Python}: what values mean: truth, equality, order, text. {@code Filters}, {@code Tests}, {@code Methods} and
 *       {@code Functions}: those that there are.
 *   <li>{@link io.arkvale.llama.text.jinja.Template}: what callers see.
 * </ul>
 *
 * <p>Values are {@link java.lang.String}, {@link java.lang.Long}, {@link java.lang.Double}, {@link java.lang.Boolean},
 * {@link java.util.List}, {@link java.util.Map} with strings as keys, null for None, {@code Undefined}, {@code Lazy} and
 * {@code Namespace}.
 */
@NullMarked
package io.arkvale.llama.text.jinja;

import org.jspecify.annotations.NullMarked;
