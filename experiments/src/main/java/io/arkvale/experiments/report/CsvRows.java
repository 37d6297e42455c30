package io.arkvale.experiments.report;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectReader;
import tools.jackson.dataformat.csv.CsvMapper;
import tools.jackson.dataformat.csv.CsvSchema;

/** Reads results that were written as CSV. */
public final class CsvRows {
    private static final ObjectReader READER =
            new CsvMapper().readerFor(Map.class).with(CsvSchema.emptySchema().withHeader());

    private CsvRows() {}

    /**
     * The rows as maps from column to text; what is empty is left out.
     *
     * @throws IOException if this is no CSV with a header line and at least one row; the message says why
     */
    public static List<Map<String, String>> parse(byte[] csv) throws IOException {
        try (var rows = READER.<Map<String, String>>readValues(csv)) {
            var all = rows.readAll();
            if (all.isEmpty()) {
                throw new IOException("it has no rows");
            }
            all.forEach(row -> row.values().removeIf(text -> text == null || text.isEmpty()));
            return all;
        } catch (JacksonException e) {
            throw new IOException(e.getOriginalMessage(), e);
        }
    }
}
