package io.arkvale.llama.text.jinja.syntax;

import io.arkvale.llama.text.jinja.syntax.Token.Kind;
import io.arkvale.llama.text.jinja.value.TemplateException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Statements. */
public final class TemplateParser {

    private final TokenStream tokens;
    private final ExpressionParser expressions;
    private int loops;

    private TemplateParser(TokenStream tokens) {
        this.tokens = tokens;
        expressions = new ExpressionParser(tokens);
    }

    public static List<Statement> parse(String template) {
        var parser = new TemplateParser(new TokenStream(Lexer.tokens(template)));
        var body = parser.body(Set.of());
        if (parser.tokens.current().kind() != Kind.END) {
            throw parser.tokens.fail("the tag '" + parser.tokens.current().text() + "' ends nothing");
        }
        return body;
    }

    /** Statements up to one of some tags, whose name is then the current token, or to the template's end. */
    private List<Statement> body(Set<String> ends) {
        var statements = new ArrayList<Statement>();
        while (true) {
            var token = tokens.next();
            switch (token.kind()) {
                case END -> {
                    if (!ends.isEmpty()) {
                        throw tokens.unexpected(
                                "the tag " + ends.stream().sorted().toList());
                    }
                    return statements;
                }
                case TEXT -> statements.add(new Statement.Text(token.text()));
                case PRINT_BEGIN -> {
                    statements.add(new Statement.Print(token.line(), expressions.parse()));
                    tokens.expect(Kind.PRINT_END, "'}}'");
                }
                case TAG_BEGIN -> {
                    var name = tokens.current().text();
                    if (ends.contains(name)) {
                        return statements;
                    }
                    statements.add(tag(tokens.expectName(), token.line()));
                }
                default -> throw new IllegalStateException("a token outside of a tag: " + token);
            }
        }
    }

    private Statement tag(String name, int line) {
        return switch (name) {
            case "if" -> choice(line);
            case "for" -> loop(line);
            case "set" -> assignment(line);
            case "generation" -> {
                endTag();
                var body = body(Set.of("endgeneration"));
                tokens.next();
                endTag();
                yield new Statement.Scoped(body);
            }
            case "break", "continue" -> {
                if (loops == 0) {
                    throw tokens.fail("'" + name + "' stands outside of a loop");
                }
                endTag();
                yield name.equals("break") ? new Statement.Break() : new Statement.Continue();
            }
            default -> throw TemplateException.at(line, "the tag '" + name + "' is not supported");
        };
    }

    private void endTag() {
        tokens.expect(Kind.TAG_END, "'%}'");
    }

    private Statement choice(int line) {
        var condition = expressions.withoutChoice();
        endTag();
        var then = body(Set.of("elif", "else", "endif"));
        int next = tokens.line();
        List<Statement> otherwise = List.of();
        switch (tokens.next().text()) {
            case "elif" -> {
                return new Statement.If(line, condition, then, List.of(choice(next)));
            }
            case "else" -> {
                endTag();
                otherwise = body(Set.of("endif"));
                tokens.next();
            }
            default -> {}
        }
        endTag();
        return new Statement.If(line, condition, then, otherwise);
    }

    private Statement loop(int line) {
        var targets = names();
        if (!tokens.skipName("in")) {
            throw tokens.unexpected("'in'");
        }
        var elements = expressions.withoutChoice();
        var condition = tokens.skipName("if") ? expressions.parse() : null;
        endTag(); // so 'recursive' is refused
        loops++;
        var body = body(Set.of("endfor", "else"));
        loops--;
        List<Statement> otherwise = List.of();
        if (tokens.next().text().equals("else")) {
            endTag();
            otherwise = body(Set.of("endfor"));
            tokens.next();
        }
        endTag();
        return new Statement.For(line, targets, elements, condition, body, otherwise);
    }

    private List<String> names() {
        var names = new ArrayList<String>();
        boolean parenthesised = tokens.skipOperator("(");
        do {
            names.add(target());
        } while (tokens.skipOperator(","));
        if (parenthesised) {
            tokens.expectOperator(")");
        }
        return names;
    }

    private String target() {
        var name = tokens.expectName();
        if (Set.of("true", "True", "false", "False", "none", "None", "loop").contains(name)) {
            throw tokens.fail("'" + name + "' cannot be assigned to");
        }
        return name;
    }

    private Statement assignment(int line) {
        var targets = names();
        if (targets.size() == 1 && tokens.skipOperator(".")) {
            var attribute = tokens.expectName();
            tokens.expectOperator("=");
            var value = expressions.parse();
            endTag();
            return new Statement.SetAttribute(line, targets.getFirst(), attribute, value);
        }
        if (targets.size() == 1 && tokens.current().kind() == Kind.TAG_END) {
            endTag();
            var body = body(Set.of("endset"));
            tokens.next();
            endTag();
            return new Statement.SetText(line, targets.getFirst(), body);
        }
        tokens.expectOperator("=");
        var value = expressions.parse();
        endTag();
        return new Statement.Set(line, targets, value);
    }
}
