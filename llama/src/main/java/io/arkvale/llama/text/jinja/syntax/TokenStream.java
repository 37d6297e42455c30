package io.arkvale.llama.text.jinja.syntax;

import io.arkvale.llama.text.jinja.syntax.Token.Kind;
import io.arkvale.llama.text.jinja.value.TemplateException;
import java.util.List;

/** Tokens, read one by one. */
final class TokenStream {

    private final List<Token> tokens;
    private int at;

    TokenStream(List<Token> tokens) {
        this.tokens = tokens;
    }

    Token current() {
        return tokens.get(at);
    }

    Token next() {
        var token = tokens.get(at);
        if (token.kind() != Kind.END) {
            at++;
        }
        return token;
    }

    int line() {
        return current().line();
    }

    boolean isOperator(String operator) {
        return current().is(Kind.OPERATOR, operator);
    }

    boolean isName(String name) {
        return current().is(Kind.NAME, name);
    }

    boolean skipOperator(String operator) {
        return skip(Kind.OPERATOR, operator);
    }

    boolean skipName(String name) {
        return skip(Kind.NAME, name);
    }

    private boolean skip(Kind kind, String text) {
        if (current().is(kind, text)) {
            next();
            return true;
        }
        return false;
    }

    void expectOperator(String operator) {
        if (!skipOperator(operator)) {
            throw unexpected("'" + operator + "'");
        }
    }

    String expectName() {
        return expect(Kind.NAME, "a name");
    }

    String expect(Kind kind, String what) {
        if (current().kind() != kind) {
            throw unexpected(what);
        }
        return next().text();
    }

    TemplateException unexpected(String expected) {
        return fail(current() + " stands where " + expected + " should");
    }

    TemplateException fail(String problem) {
        return TemplateException.at(line(), problem);
    }
}
