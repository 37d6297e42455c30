package io.arkvale.llama.text.jinja.value;

import java.time.Clock;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The functions that chat templates may call. */
public final class Functions {

    private static final Set<String> NAMES = Set.of("namespace", "range", "raise_exception", "strftime_now");

    /** Parts of a date, by their letters in Python. */
    private static final Map<Character, String> DATES = Map.of(
            'd', "dd", 'm', "MM", 'Y', "yyyy", 'y', "yy", 'B', "MMMM", 'b', "MMM", 'A', "EEEE", 'a', "EEE", 'H', "HH",
            'M', "mm");

    /** A function as a value. */
    public record Reference(String name) {}

    private final Clock clock;

    public Functions(Clock clock) {
        this.clock = clock;
    }

    public static boolean known(String name) {
        return NAMES.contains(name);
    }

    @Nullable
    public Object call(String name, Given given) {
        return switch (name) {
            case "namespace" -> {
                if (given.count() > 0) {
                    throw new TemplateException("'namespace' with these arguments is not supported");
                }
                yield new Namespace(new LinkedHashMap<>(given.named()));
            }
            case "range" -> range(given);
            case "raise_exception" -> {
                given.require(1, 1, name);
                throw new TemplateException("the template refuses the conversation: " + Python.text(given.at(0)));
            }
            default -> {
                given.require(1, 1, name);
                yield date(given.text(0, name));
            }
        };
    }

    private static Object range(Given given) {
        given.require(1, 2, "range");
        var bounds = new ArrayList<Long>();
        for (var bound : given.positional()) {
            if (!(bound instanceof Long number) || Math.abs(number) > 100_000) {
                throw new TemplateException("'range' of " + Python.kind(bound) + " is not supported");
            }
            bounds.add(number);
        }
        var numbers = new ArrayList<Object>();
        for (long i = bounds.size() == 2 ? bounds.getFirst() : 0; i < bounds.getLast(); i++) {
            numbers.add(i);
        }
        return numbers;
    }

    private String date(String format) {
        var now = LocalDateTime.now(clock);
        var text = new StringBuilder();
        for (int i = 0; i < format.length(); i++) {
            if (format.charAt(i) != '%') {
                text.append(format.charAt(i));
                continue;
            }
            var part = ++i < format.length() ? DATES.get(format.charAt(i)) : null;
            if (part == null) {
                throw new TemplateException("the date's format '" + format + "' is not supported");
            }
            text.append(now.format(DateTimeFormatter.ofPattern(part, Locale.ENGLISH)));
        }
        return text.toString();
    }
}
