package io.arkvale.llama.text.jinja.syntax;

import io.arkvale.llama.text.jinja.syntax.Token.Kind;
import io.arkvale.llama.text.jinja.value.Python;
import io.arkvale.llama.text.jinja.value.TemplateException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Cuts a template into tokens. White space goes as in Jinja with {@code trim_blocks} and {@code lstrip_blocks}. */
final class Lexer {

    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final Pattern FLOAT = Pattern.compile("[0-9]+(\\.[0-9]+)?[eE][+-]?[0-9]+|[0-9]+\\.[0-9]+");
    private static final Pattern INTEGER = Pattern.compile("0|[1-9][0-9]*");
    private static final Pattern STRING =
            Pattern.compile("'[^'\\\\]*(?:\\\\.[^'\\\\]*)*'|\"[^\"\\\\]*(?:\\\\.[^\"\\\\]*)*\"", Pattern.DOTALL);
    /** Longer ones first. */
    private static final Pattern OPERATOR = Pattern.compile("//|\\*\\*|==|!=|>=|<=|[-+/*%~\\[\\](){}<>=.:|,;]");

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private int at;
    private int line = 1;
    /** Whether the last thing read ended a line. */
    private boolean lineStarting = true;

    private Lexer(String source) {
        this.source = source;
    }

    static List<Token> tokens(String template) {
        var source = template.replace("\r\n", "\n").replace('\r', '\n');
        var lexer = new Lexer(source.endsWith("\n") ? source.substring(0, source.length() - 1) : source);
        lexer.run();
        return lexer.tokens;
    }

    private void run() {
        while (at < source.length()) {
            int begin = nextBegin();
            if (begin < 0) {
                add(Kind.TEXT, source.substring(at));
                at = source.length();
                break;
            }
            text(begin);
            advance(begin + 2);
            char what = source.charAt(begin + 1);
            if (at < source.length() && (source.charAt(at) == '-' || source.charAt(at) == '+')) {
                if (what == '{' && source.charAt(at) == '+') {
                    throw TemplateException.at(line, "'{{+' is not supported");
                }
                advance(at + 1);
            }
            lineStarting = false;
            switch (what) {
                case '{' -> tag(Kind.PRINT_BEGIN, Kind.PRINT_END, "}}");
                case '%' -> tag(Kind.TAG_BEGIN, Kind.TAG_END, "%}");
                default -> comment();
            }
        }
        tokens.add(new Token(Kind.END, "", line));
    }

    private int nextBegin() {
        for (int i = at; i + 1 < source.length(); i++) {
            if (source.charAt(i) == '{' && "{%#".indexOf(source.charAt(i + 1)) >= 0) {
                return i;
            }
        }
        return -1;
    }

    /** The text before a tag, without the white space that the tag takes away. */
    private void text(int begin) {
        var text = source.substring(at, begin);
        char sign = begin + 2 < source.length() ? source.charAt(begin + 2) : ' ';
        if (sign == '-') {
            text = Python.stripRight(text);
        } else if (sign != '+' && source.charAt(begin + 1) != '{') {
            int lineBegin = text.lastIndexOf('\n') + 1;
            if ((lineBegin > 0 || lineStarting) && Python.isBlank(text.substring(lineBegin))) {
                text = text.substring(0, lineBegin);
            }
        }
        add(Kind.TEXT, text);
        advance(begin);
    }

    private void add(Kind kind, String text) {
        if (kind != Kind.TEXT || !text.isEmpty()) {
            tokens.add(new Token(kind, text, line));
        }
    }

    private void advance(int to) {
        for (; at < to; at++) {
            if (source.charAt(at) == '\n') {
                line++;
            }
        }
    }

    private void comment() {
        int end = source.indexOf("#}", at);
        if (end < 0) {
            throw TemplateException.at(line, "a comment has no end");
        }
        // '+#}' keeps the line's end, '-#}' takes all white space away; the sign must not be the comment's first.
        char sign = end > at ? source.charAt(end - 1) : ' ';
        advance(end);
        close(sign == '-' || sign == '+' ? sign : ' ', true);
    }

    /** Passes the two characters that end a tag and the white space that goes with them. */
    private void close(char sign, boolean trims) {
        advance(at + 2);
        lineStarting = false;
        if (sign == '-') {
            int end = at;
            while (end < source.length() && Python.isSpace(source.charAt(end))) {
                end++;
            }
            lineStarting = end > at && source.charAt(end - 1) == '\n';
            advance(end);
        } else if (trims && sign != '+' && at < source.length() && source.charAt(at) == '\n') {
            advance(at + 1);
            lineStarting = true;
        }
    }

    private void tag(Kind begin, Kind end, String closing) {
        add(begin, source.substring(at - 2, at));
        Deque<Character> open = new ArrayDeque<>();
        while (true) {
            while (at < source.length() && Python.isSpace(source.charAt(at))) {
                advance(at + 1);
            }
            if (at >= source.length()) {
                throw TemplateException.at(line, "a tag has no end");
            }
            if (open.isEmpty()) {
                char sign = source.charAt(at);
                boolean signed =
                        (sign == '-' || (sign == '+' && end == Kind.TAG_END)) && source.startsWith(closing, at + 1);
                if (signed || source.startsWith(closing, at)) {
                    add(end, closing);
                    advance(signed ? at + 1 : at);
                    close(signed ? sign : ' ', end == Kind.TAG_END);
                    return;
                }
            }
            expressionToken(open);
        }
    }

    private void expressionToken(Deque<Character> open) {
        var matcher = NAME.matcher(source).region(at, source.length());
        if (take(matcher, Kind.NAME) || take(matcher.usePattern(FLOAT), Kind.FLOAT)) {
            return;
        }
        if (matcher.usePattern(INTEGER).lookingAt()) {
            int next = matcher.end();
            if (next < source.length()
                    && (Character.isLetterOrDigit(source.charAt(next)) || source.charAt(next) == '_')) {
                throw TemplateException.at(line, "a number of this kind is not supported");
            }
            take(matcher, Kind.INTEGER);
            return;
        }
        if (matcher.usePattern(STRING).lookingAt()) {
            var literal = matcher.group();
            add(Kind.STRING, unescape(literal.substring(1, literal.length() - 1)));
            advance(matcher.end());
            return;
        }
        if (!matcher.usePattern(OPERATOR).lookingAt()) {
            throw TemplateException.at(line, "the character '" + source.charAt(at) + "' means nothing here");
        }
        var operator = matcher.group();
        switch (operator) {
            case "(" -> open.push(')');
            case "[" -> open.push(']');
            case "{" -> open.push('}');
            case ")", "]", "}" -> {
                if (open.isEmpty() || open.pop() != operator.charAt(0)) {
                    throw TemplateException.at(line, "'" + operator + "' closes nothing");
                }
            }
            default -> {}
        }
        take(matcher, Kind.OPERATOR);
    }

    private boolean take(Matcher matcher, Kind kind) {
        if (!matcher.lookingAt()) {
            return false;
        }
        add(kind, matcher.group());
        advance(matcher.end());
        return true;
    }

    /** Python's escapes; an unknown one stays as it is. */
    private String unescape(String literal) {
        var text = new StringBuilder();
        for (int i = 0; i < literal.length(); i++) {
            char c = literal.charAt(i);
            if (c != '\\') {
                text.append(c);
                continue;
            }
            char escape = literal.charAt(++i);
            switch (escape) {
                case '\n' -> {}
                case '\\', '\'', '"' -> text.append(escape);
                case 'n' -> text.append('\n');
                case 't' -> text.append('\t');
                case 'r' -> text.append('\r');
                case 'x', 'u', 'U' -> {
                    int digits = escape == 'x' ? 2 : escape == 'u' ? 4 : 8;
                    try {
                        text.appendCodePoint(Integer.parseInt(literal.substring(i + 1, i + 1 + digits), 16));
                    } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
                        throw TemplateException.at(line, "a string has a broken escape '\\" + escape + "'");
                    }
                    i += digits;
                }
                case 'a', 'b', 'f', 'v', 'N', '0', '1', '2', '3', '4', '5', '6', '7' ->
                    throw TemplateException.at(line, "the escape '\\" + escape + "' is not supported");
                default -> text.append('\\').append(escape);
            }
        }
        return text.toString();
    }
}
