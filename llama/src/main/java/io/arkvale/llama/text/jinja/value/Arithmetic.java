package io.arkvale.llama.text.jinja.value;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Operators between values. */
public final class Arithmetic {

    private Arithmetic() {}

    public static Object negative(@Nullable Object value) {
        return switch (value) {
            case Long number -> Math.negateExact(number);
            case Double number -> -number;
            case null, default -> throw new TemplateException("'-' before " + Python.kind(value) + " is not supported");
        };
    }

    public static Object apply(String operator, @Nullable Object left, @Nullable Object right) {
        if (operator.equals("~")) {
            return Python.text(left) + Python.text(right);
        }
        if (operator.equals("+") && left instanceof String a && right instanceof String b) {
            return a + b;
        }
        if (operator.equals("+") && left instanceof List<?> a && right instanceof List<?> b) {
            var all = new ArrayList<@Nullable Object>(a);
            all.addAll(b);
            return all;
        }
        if (operator.equals("*") && left instanceof String a && right instanceof Long times) {
            return a.repeat(Math.toIntExact(Math.max(0, times)));
        }
        try {
            if (left instanceof Long a && right instanceof Long b) {
                return whole(operator, a, b);
            }
            if (isNumber(left) && isNumber(right) && left instanceof Number a && right instanceof Number b) {
                return fraction(operator, a.doubleValue(), b.doubleValue());
            }
        } catch (ArithmeticException e) {
            throw new TemplateException("'" + operator + "' has no result: " + e.getMessage());
        }
        throw new TemplateException(
                "'" + operator + "' between " + Python.kind(left) + " and " + Python.kind(right) + " is not supported");
    }

    private static boolean isNumber(@Nullable Object value) {
        return value instanceof Long || value instanceof Double;
    }

    private static Object whole(String operator, long a, long b) {
        return switch (operator) {
            case "+" -> Math.addExact(a, b);
            case "-" -> Math.subtractExact(a, b);
            case "*" -> Math.multiplyExact(a, b);
            case "//" -> Math.floorDiv(a, b);
            case "%" -> Math.floorMod(a, b);
            default -> fraction(operator, (double) a, (double) b);
        };
    }

    private static Object fraction(String operator, double a, double b) {
        return switch (operator) {
            case "+" -> a + b;
            case "-" -> a - b;
            case "*" -> a * b;
            case "/" -> {
                if (b == 0) {
                    throw new ArithmeticException("/ by zero");
                }
                yield a / b;
            }
            default -> throw new TemplateException("'" + operator + "' between fractions is not supported");
        };
    }
}
