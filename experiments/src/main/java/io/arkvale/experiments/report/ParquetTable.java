package io.arkvale.experiments.report;

import static java.util.Objects.requireNonNull;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
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
final class ParquetTable<R> implements AutoCloseable {
    /** Rows that writer and reader hold at a time. */
    static final int GROUP_ROWS = 1 << 14;

    private static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);

    private final List<ParquetColumn<R>> columns;
    private final OutputStream file;
    private final List<R> waiting = new ArrayList<>();
    private final List<RowGroup> groups = new ArrayList<>();
    private long written;
    private long rows;

    /**
     * A table without rows.
     *
     * @param file stays the caller's; it is whole once this is closed
     * @throws IllegalArgumentException if a metric declares no type that Parquet has
     */
    ParquetTable(List<Metric<R>> metrics, OutputStream file) throws IOException {
        columns = metrics.stream().map(ParquetColumn::new).toList();
        this.file = file;
        write(MAGIC);
    }

    private void write(byte[] bytes) throws IOException {
        file.write(bytes);
        written += bytes.length;
    }

    /**
     * Appends a row.
     *
     * @throws IOException if the file cannot be written, or if a text holds half a character, which UTF-8 cannot express
     */
    void add(R row) throws IOException {
        waiting.add(row);
        if (waiting.size() == GROUP_ROWS) {
            writeGroup();
        }
    }

    private void writeGroup() throws IOException {
        var group = new ByteArrayOutputStream();
        var chunks = new ArrayList<ColumnChunk>();
        long bytes = 0;
        for (var column : columns) {
            var chunk = column.append(waiting, written, group);
            bytes += requireNonNull(chunk.getMeta_data()).getTotal_uncompressed_size();
            chunks.add(chunk);
        }
        groups.add(new RowGroup(chunks, bytes, waiting.size()));
        rows += waiting.size();
        waiting.clear();
        write(group.toByteArray());
    }

    /** Writes what is left, and the footer. */
    @Override
    public void close() throws IOException {
        if (!waiting.isEmpty()) {
            writeGroup();
        }
        var schema = new ArrayList<SchemaElement>();
        schema.add(new SchemaElement("results").setNum_children(columns.size()));
        columns.forEach(column -> schema.add(column.schema()));
        var footer = new ByteArrayOutputStream();
        Util.writeFileMetaData(
                new FileMetaData(1, schema, rows, groups).setCreated_by("arkvale version " + Origin.programVersion()),
                footer);
        new DataOutputStream(footer).writeInt(Integer.reverseBytes(footer.size()));
        footer.writeBytes(MAGIC);
        write(footer.toByteArray());
    }
}
