package io.arkvale.experiments.report;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.ConvertedType;
import org.apache.parquet.format.DataPageHeader;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.FieldRepetitionType;
import org.apache.parquet.format.LogicalType;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.PageType;
import org.apache.parquet.format.SchemaElement;
import org.apache.parquet.format.StringType;
import org.apache.parquet.format.Type;
import org.apache.parquet.format.Util;
import org.jspecify.annotations.Nullable;

/** A column of a Parquet file: whole numbers, other numbers or text, any of which may be missing. */
final class ParquetColumn<R> {
    private final Metric<R> metric;
    private final Type type;

    /** Throws an {@code IllegalArgumentException} if the metric declares no type that Parquet has. */
    ParquetColumn(Metric<R> metric) {
        this.metric = metric;
        this.type = type(metric);
    }

    private static Type type(Metric<?> metric) {
        if (metric.type() == Integer.class || metric.type() == Long.class) {
            return Type.INT64;
        }
        if (metric.type() == BigDecimal.class || metric.type() == Double.class) {
            return Type.DOUBLE;
        }
        if (metric.type() == String.class) {
            return Type.BYTE_ARRAY;
        }
        throw new IllegalArgumentException("column " + metric.name() + " has no type for Parquet: " + metric.type());
    }

    /** The column as the file's footer describes it. */
    SchemaElement schema() {
        var element = new SchemaElement(metric.name()).setType(type).setRepetition_type(FieldRepetitionType.OPTIONAL);
        if (type == Type.BYTE_ARRAY) {
            element.setConverted_type(ConvertedType.UTF8).setLogicalType(LogicalType.STRING(new StringType()));
        }
        return element;
    }

    /**
     * Appends the values of the rows, at least one, as one page, and tells the footer where they are.
     *
     * @param before bytes of the file before the group
     */
    ColumnChunk append(List<R> rows, long before, ByteArrayOutputStream group) throws IOException {
        var values = new ArrayList<@Nullable Object>();
        rows.forEach(row -> values.add(metric.value().apply(row)));
        var page = page(values);
        var packed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(packed)) {
            gzip.write(page);
        }
        int start = group.size();
        Util.writePageHeader(
                new PageHeader(PageType.DATA_PAGE, page.length, packed.size())
                        .setData_page_header(
                                new DataPageHeader(values.size(), Encoding.PLAIN, Encoding.RLE, Encoding.RLE)),
                group);
        int header = group.size() - start;
        packed.writeTo(group);
        return new ColumnChunk(before + start)
                .setMeta_data(new ColumnMetaData(
                        type,
                        List.of(Encoding.PLAIN, Encoding.RLE),
                        List.of(metric.name()),
                        CompressionCodec.GZIP,
                        values.size(),
                        (long) header + page.length,
                        (long) header + packed.size(),
                        before + start));
    }

    /** Which values are there, with the length of that in front, then the ones that are. */
    private byte[] page(List<@Nullable Object> values) throws IOException {
        var page = new ByteArrayOutputStream();
        var out = new DataOutputStream(page); // big-endian, and Parquet is little-endian
        var levels = levels(values);
        out.writeInt(Integer.reverseBytes(levels.length));
        out.write(levels);
        for (var value : values) {
            if (value != null) {
                plain(value, out);
            }
        }
        return page.toByteArray();
    }

    /** Runs of values that are there (1) or missing (0): twice the length of the run as a varint, then which it is. */
    private static byte[] levels(List<@Nullable Object> values) {
        var levels = new ByteArrayOutputStream();
        for (int from = 0, to; from < values.size(); from = to) {
            boolean there = values.get(from) != null;
            for (to = from + 1; to < values.size() && (values.get(to) != null) == there; to++) {}
            int run = (to - from) << 1;
            for (; run >= 0x80; run >>>= 7) {
                levels.write((run & 0x7F) | 0x80);
            }
            levels.write(run);
            levels.write(there ? 1 : 0);
        }
        return levels.toByteArray();
    }

    private void plain(Object value, DataOutputStream out) throws IOException {
        switch (type) {
            case INT64 -> out.writeLong(Long.reverseBytes(((Number) value).longValue()));
            case DOUBLE -> out.writeLong(Long.reverseBytes(Double.doubleToRawLongBits(((Number) value).doubleValue())));
            default -> {
                // An encoder of its own fails at half a character, where getBytes would put a question mark.
                var text = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap((String) value));
                out.writeInt(Integer.reverseBytes(text.remaining()));
                out.write(text.array(), text.arrayOffset() + text.position(), text.remaining());
            }
        }
    }
}
