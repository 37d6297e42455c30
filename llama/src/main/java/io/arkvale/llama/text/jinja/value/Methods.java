package io.arkvale.llama.text.jinja.value;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The methods of Python's strings and mappings. */
public final class Methods {

    private static final Set<String> OF_STRINGS =
            Set.of("strip", "lstrip", "rstrip", "split", "startswith", "endswith", "upper", "lower", "replace", "join");

    private static final Set<String> OF_MAPPINGS = Set.of("get", "items", "keys", "values");

    /** Methods that values have in Python and not here; an entry of such a name is hidden there. */
    private static final Set<String> OTHERS_OF_MAPPINGS =
            Set.of("clear", "copy", "fromkeys", "pop", "popitem", "setdefault", "update");

    /** A method with its value. */
    public record Bound(Object base, String name) {}

    private Methods() {}

    /** Whether a value may have a method of this name. */
    public static boolean known(String name) {
        return OF_STRINGS.contains(name) || OF_MAPPINGS.contains(name);
    }

    /** Whether this value has it. */
    public static boolean of(Object base, String name) {
        if (base instanceof Map && OTHERS_OF_MAPPINGS.contains(name)) {
            throw new TemplateException("the method '" + name + "' of a mapping is not supported");
        }
        return (base instanceof String && OF_STRINGS.contains(name))
                || (base instanceof Map && OF_MAPPINGS.contains(name));
    }

    public static @Nullable Object call(Bound method, Given given) {
        return method.base() instanceof String text
                ? ofString(text, method.name(), given)
                : ofMapping((Map<?, ?>) method.base(), method.name(), given);
    }

    private static Object ofString(String text, String name, Given given) {
        return switch (name) {
            case "strip", "lstrip", "rstrip" -> {
                given.require(0, 1, name);
                boolean left = !name.equals("rstrip");
                boolean right = !name.equals("lstrip");
                yield given.count() == 0 || given.at(0) == null
                        ? strip(text, left, right)
                        : strip(text, given.text(0, name), left, right);
            }
            case "split" -> split(text, given);
            case "startswith" -> {
                given.require(1, 1, name);
                yield text.startsWith(given.text(0, name));
            }
            case "endswith" -> {
                given.require(1, 1, name);
                yield text.endsWith(given.text(0, name));
            }
            case "upper" -> {
                given.require(0, 0, name);
                yield text.toUpperCase(Locale.ROOT);
            }
            case "lower" -> {
                given.require(0, 0, name);
                yield text.toLowerCase(Locale.ROOT);
            }
            case "replace" -> {
                given.require(2, 2, name);
                yield text.replace(given.text(0, name), given.text(1, name));
            }
            default -> {
                given.require(1, 1, name);
                yield join(text, given.at(0));
            }
        };
    }

    private static String join(String separator, @Nullable Object elements) {
        var texts = new ArrayList<String>();
        for (var element : Python.list(elements)) {
            if (!(element instanceof String text)) {
                throw new TemplateException("'join' of " + Python.kind(element) + " is not supported");
            }
            texts.add(text);
        }
        return String.join(separator, texts);
    }

    private static String strip(String text, boolean left, boolean right) {
        var stripped = left ? Python.stripLeft(text) : text;
        return right ? Python.stripRight(stripped) : stripped;
    }

    /** Takes away characters that are in a set. */
    public static String strip(String text, String set, boolean left, boolean right) {
        int[] characters = text.codePoints().toArray();
        int begin = 0;
        int end = characters.length;
        while (left && begin < end && set.indexOf(characters[begin]) >= 0) {
            begin++;
        }
        while (right && end > begin && set.indexOf(characters[end - 1]) >= 0) {
            end--;
        }
        return new String(characters, begin, end - begin);
    }

    private static Object split(String text, Given given) {
        given.require(0, 1, "split");
        if (given.count() == 0 || given.at(0) == null) {
            var words = new ArrayList<Object>();
            int begin = 0;
            while (begin < text.length()) {
                int end = begin;
                while (end < text.length() && !Python.isSpace(text.charAt(end))) {
                    end++;
                }
                if (end > begin) {
                    words.add(text.substring(begin, end));
                }
                begin = end + 1;
            }
            return words;
        }
        var separator = given.text(0, "split");
        if (separator.isEmpty()) {
            throw new TemplateException("'split' by an empty string");
        }
        return Arrays.asList((Object[]) text.split(Pattern.quote(separator), -1));
    }

    private static @Nullable Object ofMapping(Map<?, ?> map, String name, Given given) {
        given.require(name.equals("get") ? 1 : 0, name.equals("get") ? 2 : 0, name);
        return switch (name) {
            case "get" -> map.containsKey(given.at(0)) ? map.get(given.at(0)) : given.count() == 2 ? given.at(1) : null;
            case "items" -> items(map);
            case "keys" -> new ArrayList<Object>(map.keySet());
            default -> new ArrayList<@Nullable Object>(map.values());
        };
    }

    /** Pairs of keys and values. */
    public static List<Object> items(Map<?, ?> map) {
        var items = new ArrayList<Object>();
        map.forEach((key, value) -> items.add(Arrays.asList(key, value)));
        return items;
    }
}
