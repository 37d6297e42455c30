package io.arkvale.experiments.report;

import static java.util.Objects.requireNonNull;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.SchemaElement;
import org.apache.parquet.format.Util;

/**
 * A table as a file of the format Apache Parquet: whole numbers as INT64, others as DOUBLE, text as UTF-8 strings, what is
 * missing as null. Apache's library of the format's structures writes the headers and the footer. The values are in the
 * format's simplest form, which every reader knows: plain, one page per column and row group, compressed with gzip.
 *
 * <p>Source: the <a href="https://parquet.apache.org/docs/file-format/">specification of the format</a>.
 */
final class ParquetTable {
    /** Rows that a reader has to hold at a time. */
    static final int GROUP_ROWS = 1 << 14;

    private static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);

    private ParquetTable() {}

    /**
     * The whole file.
     *
     * @throws IOException if a text holds half a character, which UTF-8 cannot express
     * @throws IllegalArgumentException if a metric declares no type that Parquet has
     */
    static <R> byte[] bytes(List<Metric<R>> metrics, List<R> rows) throws IOException {
        var columns = metrics.stream().map(ParquetColumn::new).toList();
        var schema = new ArrayList<SchemaElement>();
        schema.add(new SchemaElement("results").setNum_children(columns.size()));
        columns.forEach(column -> schema.add(column.schema()));

        var file = new ByteArrayOutputStream();
        file.writeBytes(MAGIC);
        var groups = new ArrayList<RowGroup>();
        for (int from = 0; from < rows.size(); from += GROUP_ROWS) {
            groups.add(group(columns, rows.subList(from, Math.min(from + GROUP_ROWS, rows.size())), file));
        }
        int footer = file.size();
        Util.writeFileMetaData(
                new FileMetaData(1, schema, rows.size(), groups)
                        .setCreated_by("arkvale version " + Origin.programVersion()),
                file);
        new DataOutputStream(file).writeInt(Integer.reverseBytes(file.size() - footer));
        file.writeBytes(MAGIC);
        return file.toByteArray();
    }

    private static <R> RowGroup group(List<ParquetColumn<R>> columns, List<R> rows, ByteArrayOutputStream file)
            throws IOException {
        var chunks = new ArrayList<ColumnChunk>();
        long bytes = 0;
        for (var column : columns) {
            var chunk = column.append(rows, file);
            bytes += requireNonNull(chunk.getMeta_data()).getTotal_uncompressed_size();
            chunks.add(chunk);
        }
        return new RowGroup(chunks, bytes, rows.size());
    }
}
