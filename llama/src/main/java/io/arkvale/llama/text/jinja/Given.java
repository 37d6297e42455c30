package io.arkvale.llama.text.jinja;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The values that a function, filter, test or method is called with. */
record Given(List<@Nullable Object> positional, Map<String, @Nullable Object> named) {

    int count() {
        return positional.size();
    }

    @Nullable
    Object at(int index) {
        return positional.get(index);
    }

    /** A string by its place. */
    String text(int index, String callee) {
        if (at(index) instanceof String text) {
            return text;
        }
        throw new TemplateException("'" + callee + "' of " + Python.kind(at(index)) + " is not supported");
    }

    /** Refuses other numbers of arguments, and arguments by name. */
    void require(int least, int most, String callee) {
        if (count() < least || count() > most || !named.isEmpty()) {
            throw new TemplateException("'" + callee + "' with these arguments is not supported");
        }
    }
}
