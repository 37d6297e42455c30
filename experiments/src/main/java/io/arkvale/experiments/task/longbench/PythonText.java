package io.arkvale.experiments.task.longbench;

import java.util.ArrayList;
import java.util.List;

/** Texts taken apart as Python takes them apart, where Java has other ideas of a blank. */
final class PythonText {
    private PythonText() {}

    /** The words of {@code text.split()}: runs of what is not white space. */
    static List<String> words(String text) {
        var words = new ArrayList<String>();
        int start = -1;
        for (int i = 0; i <= text.length(); i++) {
            var inWord = i < text.length() && !isSpace(text.charAt(i));
            if (inWord && start < 0) {
                start = i;
            } else if (!inWord && start >= 0) {
                words.add(text.substring(start, i));
                start = -1;
            }
        }
        return words;
    }

    /** Whether {@code str.isspace()} is true of a character; all such characters are single chars. */
    private static boolean isSpace(char c) {
        return (c >= '\t' && c <= '\r')
                || (c >= '\u001c' && c <= '\u001f')
                || c == '\u0085'
                || Character.getType(c) == Character.SPACE_SEPARATOR
                || c == '\u2028'
                || c == '\u2029';
    }

    /** The first line of what is left without leading line ends. */
    static String firstLine(String text) {
        var lines = withoutLeadingLines(text).split("\n", 2);
        return lines[0];
    }

    /** {@code text.lstrip('\n')}. */
    static String withoutLeadingLines(String text) {
        int start = 0;
        while (start < text.length() && text.charAt(start) == '\n') {
            start++;
        }
        return text.substring(start);
    }
}
