/**
 * What a template says. {@code Lexer}: text to {@code Token}s, with the rules of white space ({@code trim_blocks} and
 * {@code lstrip_blocks} on). {@link io.arkvale.llama.text.jinja.syntax.TemplateParser} and {@code ExpressionParser}: tokens
 * to {@link io.arkvale.llama.text.jinja.syntax.Statement}s and {@link io.arkvale.llama.text.jinja.syntax.Expression}s.
 */
@NullMarked
package io.arkvale.llama.text.jinja.syntax;

import org.jspecify.annotations.NullMarked;
