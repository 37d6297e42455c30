package io.arkvale.llama.text.jinja.syntax;

import io.arkvale.llama.text.jinja.syntax.Expression.Arguments;
import io.arkvale.llama.text.jinja.syntax.Token.Kind;
import io.arkvale.llama.text.jinja.value.Filters;
import io.arkvale.llama.text.jinja.value.Functions;
import io.arkvale.llama.text.jinja.value.Methods;
import io.arkvale.llama.text.jinja.value.Tests;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Expressions, with Jinja's precedence: one method per level, the loosest first. */
final class ExpressionParser {

    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");

    private final TokenStream tokens;

    ExpressionParser(TokenStream tokens) {
        this.tokens = tokens;
    }

    Expression parse() {
        var value = or();
        while (tokens.skipName("if")) {
            var condition = or();
            value = new Expression.Choice(condition, value, tokens.skipName("else") ? parse() : null);
        }
        return value;
    }

    /** Without a choice at its end, which a loop's {@code if} would be taken for. */
    Expression withoutChoice() {
        return or();
    }

    private Expression or() {
        var left = and();
        while (tokens.skipName("or")) {
            left = new Expression.Or(left, and());
        }
        return left;
    }

    private Expression and() {
        var left = not();
        while (tokens.skipName("and")) {
            left = new Expression.And(left, not());
        }
        return left;
    }

    private Expression not() {
        return tokens.skipName("not") ? new Expression.Not(not()) : comparison();
    }

    private Expression comparison() {
        var first = sum();
        var operators = new ArrayList<String>();
        var operands = new ArrayList<Expression>();
        while (true) {
            if (tokens.current().kind() == Kind.OPERATOR
                    && COMPARISONS.contains(tokens.current().text())) {
                operators.add(tokens.next().text());
            } else if (tokens.skipName("in")) {
                operators.add("in");
            } else if (tokens.isName("not")) {
                tokens.next();
                if (!tokens.skipName("in")) {
                    throw tokens.unexpected("'in'");
                }
                operators.add("not in");
            } else {
                break;
            }
            operands.add(sum());
        }
        return operators.isEmpty() ? first : new Expression.Comparison(first, operators, operands);
    }

    private Expression sum() {
        var left = joined();
        while (tokens.isOperator("+") || tokens.isOperator("-")) {
            var operator = tokens.next().text();
            left = new Expression.Binary(operator, left, joined());
        }
        return left;
    }

    private Expression joined() {
        var left = product();
        while (tokens.skipOperator("~")) {
            left = new Expression.Binary("~", left, product());
        }
        return left;
    }

    private Expression product() {
        var left = unary(true);
        while (true) {
            if (tokens.isOperator("**")) {
                throw tokens.fail("the operator '**' is not supported");
            }
            if (!(tokens.isOperator("*")
                    || tokens.isOperator("/")
                    || tokens.isOperator("//")
                    || tokens.isOperator("%"))) {
                return left;
            }
            var operator = tokens.next().text();
            left = new Expression.Binary(operator, left, unary(true));
        }
    }

    private Expression unary(boolean withFilters) {
        Expression value;
        if (tokens.skipOperator("-")) {
            value = new Expression.Negative(unary(false));
        } else if (tokens.isOperator("+")) {
            throw tokens.fail("the sign '+' is not supported");
        } else {
            value = postfix(primary());
        }
        return withFilters ? filtersAndTests(value) : value;
    }

    private Expression primary() {
        var token = tokens.current();
        switch (token.kind()) {
            case NAME -> {
                tokens.next();
                return switch (token.text()) {
                    case "true", "True" -> new Expression.Constant(true);
                    case "false", "False" -> new Expression.Constant(false);
                    case "none", "None" -> new Expression.Constant(null);
                    case "self", "dict", "lipsum", "cycler", "joiner" ->
                        throw tokens.fail("'" + token.text() + "' is not supported");
                    default -> new Expression.Name(token.text());
                };
            }
            case STRING -> {
                var text = new StringBuilder();
                while (tokens.current().kind() == Kind.STRING) {
                    text.append(tokens.next().text());
                }
                return new Expression.Constant(text.toString());
            }
            case INTEGER, FLOAT -> {
                tokens.next();
                try {
                    Object number = token.kind() == Kind.INTEGER
                            ? (Object) Long.valueOf(token.text())
                            : Double.valueOf(token.text());
                    return new Expression.Constant(number);
                } catch (NumberFormatException e) {
                    throw tokens.fail("the number " + token.text() + " is too large");
                }
            }
            default -> {
                if (tokens.skipOperator("(")) {
                    return parenthesised();
                }
                if (tokens.skipOperator("[")) {
                    return new Expression.ListOf(elements("]"));
                }
                if (tokens.skipOperator("{")) {
                    return map();
                }
                throw tokens.unexpected("a value");
            }
        }
    }

    private Expression parenthesised() {
        if (tokens.isOperator(")")) {
            throw tokens.fail("tuples are not supported");
        }
        var value = parse();
        if (tokens.isOperator(",")) {
            throw tokens.fail("tuples are not supported");
        }
        tokens.expectOperator(")");
        return value;
    }

    private List<Expression> elements(String end) {
        var elements = new ArrayList<Expression>();
        while (!tokens.skipOperator(end)) {
            elements.add(parse());
            if (!tokens.isOperator(end)) {
                tokens.expectOperator(",");
            }
        }
        return elements;
    }

    private Expression map() {
        var entries = new LinkedHashMap<Expression, Expression>();
        while (!tokens.skipOperator("}")) {
            var key = parse();
            tokens.expectOperator(":");
            entries.put(key, parse());
            if (!tokens.isOperator("}")) {
                tokens.expectOperator(",");
            }
        }
        return new Expression.MapOf(entries);
    }

    private Expression postfix(Expression start) {
        var value = start;
        while (true) {
            if (tokens.skipOperator(".")) {
                if (tokens.current().kind() == Kind.INTEGER) {
                    value = new Expression.Item(value, primary());
                } else {
                    value = new Expression.Attribute(value, tokens.expectName());
                }
            } else if (tokens.skipOperator("[")) {
                value = subscript(value);
            } else if (tokens.isOperator("(")) {
                value = call(value);
            } else {
                return value;
            }
        }
    }

    private Expression call(Expression function) {
        boolean known = switch (function) {
            case Expression.Name name -> Functions.known(name.name());
            case Expression.Attribute attribute -> Methods.known(attribute.name());
            default -> false;
        };
        if (!known) {
            var name = switch (function) {
                case Expression.Name plain -> "the function '" + plain.name() + "'";
                case Expression.Attribute attribute -> "the method '" + attribute.name() + "'";
                default -> "a call of a value";
            };
            throw tokens.fail(name + " is not supported");
        }
        return new Expression.Call(function, arguments());
    }

    private Expression subscript(Expression base) {
        Expression from = tokens.isOperator(":") ? null : parse();
        if (from != null && tokens.skipOperator("]")) {
            return new Expression.Item(base, from);
        }
        tokens.expectOperator(":");
        var to = bound();
        Expression step = tokens.skipOperator(":") ? bound() : null;
        tokens.expectOperator("]");
        return new Expression.Slice(base, from, to, step);
    }

    private @Nullable Expression bound() {
        return tokens.isOperator(":") || tokens.isOperator("]") ? null : parse();
    }

    private Arguments arguments() {
        tokens.expectOperator("(");
        var positional = new ArrayList<Expression>();
        Map<String, Expression> named = new LinkedHashMap<>();
        while (!tokens.skipOperator(")")) {
            if (tokens.isOperator("*") || tokens.isOperator("**")) {
                throw tokens.fail("arguments with '*' are not supported");
            }
            var value = parse();
            if (value instanceof Expression.Name name && tokens.skipOperator("=")) {
                named.put(name.name(), parse());
            } else if (named.isEmpty()) {
                positional.add(value);
            } else {
                throw tokens.fail("an argument without a name stands behind one with a name");
            }
            if (!tokens.isOperator(")")) {
                tokens.expectOperator(",");
            }
        }
        return new Arguments(positional, named);
    }

    private Expression filtersAndTests(Expression start) {
        var value = start;
        while (true) {
            if (tokens.skipOperator("|")) {
                var name = tokens.expectName();
                if (!Filters.known(name)) {
                    throw tokens.fail("the filter '" + name + "' is not supported");
                }
                value = new Expression.Filter(value, name, tokens.isOperator("(") ? arguments() : Arguments.NONE);
            } else if (tokens.skipName("is")) {
                value = test(value);
            } else if (tokens.isOperator("(")) {
                throw tokens.fail("a call of a filter's value is not supported");
            } else {
                return value;
            }
        }
    }

    private Expression test(Expression value) {
        boolean negated = tokens.skipName("not");
        var name = tokens.expectName();
        if (!Tests.known(name)) {
            throw tokens.fail("the test '" + name + "' is not supported");
        }
        var arguments = Arguments.NONE;
        if (tokens.isOperator("(")) {
            arguments = arguments();
        } else if (startsValue()) {
            arguments = new Arguments(List.of(postfix(primary())), Map.of());
        }
        Expression test = new Expression.Test(value, name, arguments);
        return negated ? new Expression.Not(test) : test;
    }

    /** Whether a test's argument without parentheses begins here. */
    private boolean startsValue() {
        var token = tokens.current();
        return switch (token.kind()) {
            case STRING, INTEGER, FLOAT -> true;
            case OPERATOR -> tokens.isOperator("[") || tokens.isOperator("{");
            case NAME -> {
                if (Set.of("is", "if", "in", "not").contains(token.text())) {
                    throw tokens.fail("'" + token.text() + "' behind a test is not supported");
                }
                yield !Set.of("else", "or", "and").contains(token.text());
            }
            default -> false;
        };
    }
}
