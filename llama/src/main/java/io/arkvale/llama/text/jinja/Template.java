package io.arkvale.llama.text.jinja;

import io.arkvale.llama.text.jinja.syntax.Statement;
import io.arkvale.llama.text.jinja.syntax.TemplateParser;
import io.arkvale.llama.text.jinja.value.Functions;
import io.arkvale.llama.text.jinja.value.TemplateException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A template, read and ready to be rendered any number of times by any number of threads. */
public final class Template {

    private final List<Statement> statements;

    private Template(List<Statement> statements) {
        this.statements = statements;
    }

    /**
     * Reads a template.
     *
     * @throws TemplateException if it is wrong, or has something that would not be rendered as Jinja does
     */
    public static Template parse(String template) {
        return new Template(TemplateParser.parse(template));
    }

    /**
     * Renders the template.
     *
     * @param values its variables: strings, longs, doubles, booleans, lists, maps with strings as keys, null
     * @param clock what the template calls now
     * @throws TemplateException if the template refuses them, or does with them what would not be rendered as Jinja does
     */
    public String render(Map<String, ? extends @Nullable Object> values, Clock clock) {
        return new Renderer(new Functions(clock)).render(statements, Scope.of(values));
    }
}
