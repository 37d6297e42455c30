package io.arkvale.llama.text.jinja;

import io.arkvale.llama.text.jinja.syntax.Expression;
import io.arkvale.llama.text.jinja.syntax.Expression.Arguments;
import io.arkvale.llama.text.jinja.value.Arithmetic;
import io.arkvale.llama.text.jinja.value.Filters;
import io.arkvale.llama.text.jinja.value.Functions;
import io.arkvale.llama.text.jinja.value.Given;
import io.arkvale.llama.text.jinja.value.Lazy;
import io.arkvale.llama.text.jinja.value.Methods;
import io.arkvale.llama.text.jinja.value.Namespace;
import io.arkvale.llama.text.jinja.value.Python;
import io.arkvale.llama.text.jinja.value.TemplateException;
import io.arkvale.llama.text.jinja.value.Tests;
import io.arkvale.llama.text.jinja.value.Undefined;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The values of expressions. */
final class Evaluator {

    private final Functions functions;

    Evaluator(Functions functions) {
        this.functions = functions;
    }

    @Nullable
    Object value(Expression expression, Scope scope) {
        return switch (expression) {
            case Expression.Constant constant -> constant.value();
            case Expression.Name name -> scope.get(name.name());
            case Expression.ListOf list -> values(list.elements(), scope);
            case Expression.MapOf map -> map(map, scope);
            case Expression.Attribute attribute -> attribute(value(attribute.base(), scope), attribute.name());
            case Expression.Item item -> item(value(item.base(), scope), value(item.key(), scope));
            case Expression.Slice slice -> slice(slice, scope);
            case Expression.Call call -> call(call, scope);
            case Expression.Filter filter ->
                Filters.apply(filter.name(), value(filter.value(), scope), given(filter.arguments(), scope));
            case Expression.Test test ->
                Tests.holds(test.name(), value(test.value(), scope), given(test.arguments(), scope));
            case Expression.Not not -> !isTrue(not.value(), scope);
            case Expression.Negative negative -> Arithmetic.negative(value(negative.value(), scope));
            case Expression.And and -> {
                var left = value(and.left(), scope);
                yield Python.isTrue(left) ? value(and.right(), scope) : left;
            }
            case Expression.Or or -> {
                var left = value(or.left(), scope);
                yield Python.isTrue(left) ? left : value(or.right(), scope);
            }
            case Expression.Binary binary ->
                Arithmetic.apply(binary.operator(), value(binary.left(), scope), value(binary.right(), scope));
            case Expression.Comparison comparison -> holds(comparison, scope);
            case Expression.Choice choice -> {
                if (isTrue(choice.condition(), scope)) {
                    yield value(choice.then(), scope);
                }
                var otherwise = choice.otherwise();
                yield otherwise == null ? new Undefined("a choice without 'else'") : value(otherwise, scope);
            }
        };
    }

    boolean isTrue(Expression expression, Scope scope) {
        return Python.isTrue(value(expression, scope));
    }

    private List<@Nullable Object> values(List<Expression> expressions, Scope scope) {
        var values = new ArrayList<@Nullable Object>();
        expressions.forEach(expression -> values.add(value(expression, scope)));
        return values;
    }

    private Given given(Arguments arguments, Scope scope) {
        var named = new LinkedHashMap<String, @Nullable Object>();
        arguments.named().forEach((name, expression) -> named.put(name, value(expression, scope)));
        return new Given(values(arguments.positional(), scope), named);
    }

    private Map<String, @Nullable Object> map(Expression.MapOf map, Scope scope) {
        var entries = new LinkedHashMap<String, @Nullable Object>();
        map.entries().forEach((key, expression) -> {
            if (!(value(key, scope) instanceof String name)) {
                throw new TemplateException("a key that is no string is not supported");
            }
            entries.put(name, value(expression, scope));
        });
        return entries;
    }

    private static @Nullable Object attribute(@Nullable Object base, String name) {
        if (base instanceof Undefined undefined) {
            throw new TemplateException(undefined.what() + " is not defined");
        }
        return base != null && Methods.of(base, name) ? new Methods.Bound(base, name) : entry(base, name);
    }

    private static @Nullable Object item(@Nullable Object base, @Nullable Object key) {
        if (base instanceof Undefined undefined) {
            throw new TemplateException(undefined.what() + " is not defined");
        }
        if (key instanceof String name) {
            var found = entry(base, name);
            return base != null && found instanceof Undefined && Methods.of(base, name)
                    ? new Methods.Bound(base, name)
                    : found;
        }
        if (key instanceof Long index && !(base instanceof Lazy)) {
            var elements = switch (base) {
                case List<?> list -> list;
                case String text -> Python.list(text);
                case null, default -> List.of();
            };
            long at = index < 0 ? index + elements.size() : index;
            return at < 0 || at >= elements.size() ? new Undefined("element " + index) : elements.get((int) at);
        }
        throw new TemplateException(
                "an element of " + Python.kind(base) + " by " + Python.kind(key) + " is not supported");
    }

    private static @Nullable Object entry(@Nullable Object base, String name) {
        var entries = switch (base) {
            case Map<?, ?> map -> map;
            case Namespace namespace -> namespace.entries();
            case null, default -> Map.of();
        };
        return entries.containsKey(name) ? entries.get(name) : new Undefined("'" + name + "'");
    }

    private @Nullable Object slice(Expression.Slice slice, Scope scope) {
        var base = value(slice.base(), scope);
        if (!(base instanceof String || base instanceof List)) {
            throw new TemplateException("a slice of " + Python.kind(base) + " is not supported");
        }
        var elements = Python.list(base);
        long step = bound(slice.step(), scope, 1);
        if (step == 0) {
            throw new TemplateException("a slice's step is 0");
        }
        int size = elements.size();
        long from = clip(bound(slice.from(), scope, step > 0 ? 0 : Long.MAX_VALUE), size, step);
        long to = slice.to() == null ? (step > 0 ? size : -1) : clip(bound(slice.to(), scope, 0), size, step);
        var taken = new ArrayList<@Nullable Object>();
        for (long i = from; step > 0 ? i < to : i > to; i += step) {
            taken.add(elements.get((int) i));
        }
        if (base instanceof String) {
            var text = new StringBuilder();
            taken.forEach(text::append);
            return text.toString();
        }
        return taken;
    }

    private long bound(@Nullable Expression expression, Scope scope, long otherwise) {
        var value = expression == null ? null : value(expression, scope);
        if (value == null) {
            return otherwise;
        }
        if (value instanceof Long number && Math.abs(number) < Integer.MAX_VALUE) {
            return number;
        }
        throw new TemplateException("a slice's bound is " + Python.kind(value));
    }

    /** Python's rule: a negative bound counts from the end, and one outside goes to the nearest end. */
    private static long clip(long bound, int size, long step) {
        long at = bound < 0 ? bound + size : bound;
        return step > 0 ? Math.clamp(at, 0, size) : Math.clamp(at, -1, size - 1L);
    }

    private @Nullable Object call(Expression.Call call, Scope scope) {
        var function = value(call.function(), scope);
        var arguments = given(call.arguments(), scope);
        return switch (function) {
            case Methods.Bound method -> Methods.call(method, arguments);
            case Functions.Reference reference -> functions.call(reference.name(), arguments);
            case null, default ->
                throw new TemplateException("a call of " + Python.kind(function) + " is not supported");
        };
    }

    private boolean holds(Expression.Comparison comparison, Scope scope) {
        var left = value(comparison.first(), scope);
        for (int i = 0; i < comparison.operators().size(); i++) {
            var right = value(comparison.operands().get(i), scope);
            boolean holds = switch (comparison.operators().get(i)) {
                case "==" -> Python.equal(left, right);
                case "!=" -> !Python.equal(left, right);
                case "in" -> Python.contains(right, left);
                case "not in" -> !Python.contains(right, left);
                case "<" -> Python.compare(left, right) < 0;
                case "<=" -> Python.compare(left, right) <= 0;
                case ">" -> Python.compare(left, right) > 0;
                default -> Python.compare(left, right) >= 0;
            };
            if (!holds) {
                return false;
            }
            left = right;
        }
        return true;
    }
}
