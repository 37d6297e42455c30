/**
 * The part of Jinja 2 that chat templates are written in, with the meaning that Python gives it. What is outside of it is
 * refused when a template is read, or at the latest when the value is there that shows it; it is never approximated.
 *
 * <ul>
 *   <li>{@link io.arkvale.llama.text.jinja.syntax}: a template's text to expressions and statements.
 *   <li>{@link io.arkvale.llama.text.jinja.value}: what values are and mean, and what is done with them.
 *   <li>{@code Renderer} runs statements; {@code Evaluator} gives the value of expressions in a {@code Scope}.
 *   <li>{@link io.arkvale.llama.text.jinja.Template}: what callers see.
 * </ul>
 */
@NullMarked
package io.arkvale.llama.text.jinja;

import org.jspecify.annotations.NullMarked;
