package io.arkvale.experiments.cli.terminal;

import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Column;
import picocli.CommandLine.Help.TextTable;

/** Names with texts beside them, broken to the width of a terminal. */
public final class Listing {
    /** Characters of a line, as terminals open. */
    private static final int WIDTH = 80;

    private final TextTable table;

    /**
     * @param names characters of the column of names; a longer name goes on into the texts' column
     */
    public Listing(int names) {
        table = table(new Column(names, 0, Column.Overflow.SPAN), new Column(WIDTH - names, 1, Column.Overflow.WRAP));
    }

    /** Adds a name and its text. */
    public void add(String name, String text) {
        table.addRowValues(name, text);
    }

    /** One text without a name. */
    public static String paragraph(int indent, String text) {
        var table = table(new Column(WIDTH, indent, Column.Overflow.WRAP));
        table.addRowValues(text);
        return table.toString();
    }

    @Override
    public String toString() {
        return table.toString();
    }

    private static TextTable table(Column... columns) {
        return TextTable.forColumns(Help.defaultColorScheme(Help.Ansi.OFF), columns);
    }
}
