package io.arkvale.llama.text.jinja.syntax;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What has a value. */
public sealed interface Expression {

    record Constant(@Nullable Object value) implements Expression {}

    record Name(String name) implements Expression {}

    record ListOf(List<Expression> elements) implements Expression {}

    record MapOf(Map<Expression, Expression> entries) implements Expression {}

    /** {@code base.name}: a method, else an entry. */
    record Attribute(Expression base, String name) implements Expression {}

    /** {@code base[key]}: an entry, else a method. */
    record Item(Expression base, Expression key) implements Expression {}

    record Slice(
            Expression base,
            @Nullable Expression from,
            @Nullable Expression to,
            @Nullable Expression step) implements Expression {}

    record Call(Expression function, Arguments arguments) implements Expression {}

    record Filter(Expression value, String name, Arguments arguments) implements Expression {}

    record Test(Expression value, String name, Arguments arguments) implements Expression {}

    record Not(Expression value) implements Expression {}

    record Negative(Expression value) implements Expression {}

    record And(Expression left, Expression right) implements Expression {}

    record Or(Expression left, Expression right) implements Expression {}

    record Binary(String operator, Expression left, Expression right) implements Expression {}

    /** {@code first op operand op operand ...}: each neighbouring pair holds. */
    record Comparison(Expression first, List<String> operators, List<Expression> operands) implements Expression {}

    record Choice(
            Expression condition, Expression then, @Nullable Expression otherwise) implements Expression {}

    /** Arguments by position and by name. */
    record Arguments(List<Expression> positional, Map<String, Expression> named) {
        static final Arguments NONE = new Arguments(List.of(), Map.of());
    }
}
