package io.arkvale.llama.text.jinja;

import io.arkvale.llama.text.jinja.syntax.Statement;
import io.arkvale.llama.text.jinja.value.Functions;
import io.arkvale.llama.text.jinja.value.Namespace;
import io.arkvale.llama.text.jinja.value.Python;
import io.arkvale.llama.text.jinja.value.TemplateException;
import io.arkvale.llama.text.jinja.value.Undefined;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs a template's statements once. */
final class Renderer {

    /** How a body ended. */
    private enum Flow {
        ON,
        BREAK,
        CONTINUE
    }

    private final Evaluator evaluator;
    private StringBuilder out = new StringBuilder();

    Renderer(Functions functions) {
        evaluator = new Evaluator(functions);
    }

    String render(List<Statement> template, Scope scope) {
        run(template, scope);
        return out.toString();
    }

    private Flow run(List<Statement> body, Scope scope) {
        for (var statement : body) {
            var flow = run(statement, scope);
            if (flow != Flow.ON) {
                return flow;
            }
        }
        return Flow.ON;
    }

    private Flow run(Statement statement, Scope scope) {
        switch (statement) {
            case Statement.Text text -> out.append(text.text());
            case Statement.Print print ->
                at(print.line(), () -> out.append(Python.text(evaluator.value(print.value(), scope))));
            case Statement.If choice -> {
                boolean[] holds = new boolean[1];
                at(choice.line(), () -> holds[0] = evaluator.isTrue(choice.condition(), scope));
                return run(holds[0] ? choice.then() : choice.otherwise(), scope);
            }
            case Statement.For loop -> {
                return loop(loop, scope);
            }
            case Statement.Set set ->
                at(set.line(), () -> assign(set.targets(), evaluator.value(set.value(), scope), scope));
            case Statement.SetAttribute set ->
                at(set.line(), () -> {
                    if (!(scope.get(set.namespace()) instanceof Namespace namespace)) {
                        throw new TemplateException("'" + set.namespace() + "' is no namespace");
                    }
                    namespace.entries().put(set.name(), evaluator.value(set.value(), scope));
                });
            case Statement.SetText set -> {
                var outside = out;
                out = new StringBuilder();
                run(set.body(), scope.inner());
                scope.set(set.target(), out.toString());
                out = outside;
            }
            case Statement.Scoped scoped -> {
                return run(scoped.body(), scope.inner());
            }
            case Statement.Break end -> {
                return Flow.BREAK;
            }
            case Statement.Continue next -> {
                return Flow.CONTINUE;
            }
        }
        return Flow.ON;
    }

    /** Says at which line something was wrong. */
    private static void at(int line, Runnable action) {
        try {
            action.run();
        } catch (TemplateException e) {
            throw TemplateException.at(line, String.valueOf(e.getMessage()));
        }
    }

    private static void assign(List<String> targets, @Nullable Object value, Scope scope) {
        if (targets.size() == 1) {
            scope.set(targets.getFirst(), value);
            return;
        }
        var values = Python.list(value);
        if (values.size() != targets.size()) {
            throw new TemplateException(values.size() + " values cannot go to " + targets.size() + " names");
        }
        for (int i = 0; i < targets.size(); i++) {
            scope.set(targets.get(i), values.get(i));
        }
    }

    private Flow loop(Statement.For loop, Scope scope) {
        var elements = new ArrayList<@Nullable Object>();
        at(loop.line(), () -> {
            for (var element : Python.list(evaluator.value(loop.elements(), scope))) {
                var pass = scope.inner();
                assign(loop.targets(), element, pass);
                var condition = loop.condition();
                if (condition == null || evaluator.isTrue(condition, pass)) {
                    elements.add(element);
                }
            }
        });
        for (int i = 0; i < elements.size(); i++) {
            var pass = scope.inner();
            assign(loop.targets(), elements.get(i), pass);
            pass.set("loop", position(elements, i));
            var flow = run(loop.body(), pass);
            if (flow == Flow.BREAK) {
                break;
            }
        }
        return elements.isEmpty() ? run(loop.otherwise(), scope.inner()) : Flow.ON;
    }

    /** What {@code loop} says in one pass. */
    private static Object position(List<@Nullable Object> elements, int index) {
        var loop = new LinkedHashMap<String, @Nullable Object>();
        int count = elements.size();
        loop.put("index", index + 1L);
        loop.put("index0", (long) index);
        loop.put("revindex", (long) count - index);
        loop.put("revindex0", count - index - 1L);
        loop.put("first", index == 0);
        loop.put("last", index == count - 1);
        loop.put("length", (long) count);
        loop.put("depth", 1L);
        loop.put("depth0", 0L);
        loop.put("previtem", index > 0 ? elements.get(index - 1) : new Undefined("'previtem'"));
        loop.put("nextitem", index < count - 1 ? elements.get(index + 1) : new Undefined("'nextitem'"));
        return new Namespace(loop);
    }
}
