package io.arkvale.llama.text.jinja.value;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The values that a function, filter, test or method is called with. */
public record Given(List<@Nullable Object> positional, Map<String, @Nullable Object> named) {

    public int count() {
        return positional.size();
    }

    @Nullable
    public Object at(int index) {
        return positional.get(index);
    }

    /** A string by its place. */
    public String text(int index, String callee) {
        if (at(index) instanceof String text) {
            return text;
        }
        throw new TemplateException("'" + callee + "' of " + Python.kind(at(index)) + " is not supported");
    }

    /** Refuses other numbers of arguments, and arguments by name. */
    public void require(int least, int most, String callee) {
        if (count() < least || count() > most || !named.isEmpty()) {
            throw new TemplateException("'" + callee + "' with these arguments is not supported");
        }
    }
}
