package io.arkvale.experiments.report;

import dev.hardwood.InputFile;
import dev.hardwood.metadata.LogicalType;
import dev.hardwood.metadata.PhysicalType;
import dev.hardwood.reader.ParquetFileReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a reader that shares no code with the writer finds in a Parquet file.
 *
 * @param types by column, in the file's order: INT64, DOUBLE or STRING
 * @param rows values by column: Long, Double, String or null
 */
public record ParquetRows(Map<String, String> types, List<Map<String, @Nullable Object>> rows) {
    public static ParquetRows read(byte[] file) throws IOException {
        try (var reader = ParquetFileReader.open(InputFile.of(ByteBuffer.wrap(file)));
                var cursor = reader.rowReader()) {
            var types = new LinkedHashMap<String, String>();
            for (var element : reader.getFileMetaData().schema()) {
                if (element.isPrimitive()) {
                    types.put(element.name(), type(element.type(), element.logicalType()));
                }
            }
            var rows = new ArrayList<Map<String, @Nullable Object>>();
            while (cursor.hasNext()) {
                cursor.next();
                var row = new LinkedHashMap<String, @Nullable Object>();
                types.keySet().forEach(name -> row.put(name, cursor.isNull(name) ? null : cursor.getValue(name)));
                rows.add(row);
            }
            return new ParquetRows(types, rows);
        }
    }

    private static String type(PhysicalType physical, @Nullable LogicalType logical) {
        return logical instanceof LogicalType.StringType ? "STRING" : physical.name();
    }
}
