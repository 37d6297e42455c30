package io.arkvale.llama.text.jinja.syntax;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A piece of a template that writes or does something; {@code line} is where it stands. */
public sealed interface Statement {

    record Text(String text) implements Statement {}

    record Print(int line, Expression value) implements Statement {}

    record If(int line, Expression condition, List<Statement> then, List<Statement> otherwise) implements Statement {}

    /** One pass for each element; {@code otherwise} where there is none. */
    record For(
            int line,
            List<String> targets,
            Expression elements,
            @Nullable Expression condition,
            List<Statement> body,
            List<Statement> otherwise)
            implements Statement {}

    record Set(int line, List<String> targets, Expression value) implements Statement {}

    /** {@code set namespace.name = value}. */
    record SetAttribute(int line, String namespace, String name, Expression value) implements Statement {}

    /** The text of a body as a variable's value. */
    record SetText(int line, String target, List<Statement> body) implements Statement {}

    /** A body with variables of its own. */
    record Scoped(List<Statement> body) implements Statement {}

    record Break() implements Statement {}

    record Continue() implements Statement {}
}
