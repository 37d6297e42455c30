package io.arkvale.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.arkvale.api.Digest;
import io.arkvale.api.GroupScore;
import io.arkvale.api.Scope;
import io.arkvale.api.StepReport.Part;
import io.arkvale.cuda.CallArguments.Narrow;
import io.arkvale.cuda.CallArguments.Wide;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Kernels and host agree on the structs and constants that both write down. */
class LayoutTest {
    private static final Path SOURCES = Path.of("src/main/cuda");

    @Test
    void callArgumentsListTheFieldsOfCall() throws IOException {
        var fields = fields("Call");
        var wide = fields.stream()
                .filter(field -> !field.narrow())
                .map(Field::name)
                .toList();
        var narrow = fields.stream().filter(Field::narrow).map(Field::name).toList();
        assertThat(names(Wide.values())).isEqualTo(wide);
        assertThat(names(Narrow.values())).isEqualTo(narrow);
        assertThat(fields.subList(0, wide.size()))
                .as("8-byte fields come first")
                .noneMatch(Field::narrow);
    }

    @Test
    void aRecordHasTheSizeOfSequence() throws IOException {
        int bytes = 0;
        for (var field : fields("Sequence")) {
            bytes += field.narrow() ? Integer.BYTES : Long.BYTES;
        }
        assertThat(StepMemory.RECORD_BYTES).isEqualTo(bytes);
    }

    @Test
    void enumsHaveTheSameOrder() throws IOException {
        assertThat(constants("Digest")).isEqualTo(names(Digest.values()));
        assertThat(constants("GroupScore")).isEqualTo(names(GroupScore.values()));
        assertThat(constants("Scope")).isEqualTo(names(Scope.values()));
        var parts = new ArrayList<>(names(Part.values()));
        parts.add("parts"); // how many
        assertThat(constants("StepPart")).isEqualTo(parts);
    }

    @Test
    void limitsAreTheSame() throws IOException {
        assertThat(constant("select.cu", "SHARED_KEYS")).isEqualTo("36 * 1024");
        assertThat(Splits.SHARED_KEYS).isEqualTo(36 * 1024);
        assertThat(constant("attended.cuh", "MOST_SPLITS")).isEqualTo("128");
        assertThat(constant("attended.cuh", "SPLIT_UNIT")).isEqualTo("16");
        assertThat(constant("cache.cuh", "VICTIM")).isEqualTo("-10");
        assertThat(constant("attended.cuh", "SHORT")).isEqualTo("4096");
        assertThat(constant("cache.cuh", "FRESH")).isEqualTo("1 << 30");
        assertThat(Tables.attendedPage(1 << 30 | 7)).isEqualTo(7);
        assertThat(Tables.slot(-10)).isZero();
        assertThat(Tables.slot(-2)).isNegative();
    }

    private record Field(String name, boolean narrow) {}

    private static List<Field> fields(String struct) throws IOException {
        var fields = new ArrayList<Field>();
        for (var line : body("struct " + struct).split(";", -1)) {
            var declaration = line.strip();
            if (declaration.isEmpty()) {
                continue;
            }
            boolean narrow = declaration.matches("int [^*]+");
            for (var name : declaration.split(",", -1)) {
                fields.add(new Field(name.replaceAll(".*[ *]", "").strip(), narrow));
            }
        }
        return fields;
    }

    private static List<String> constants(String name) throws IOException {
        return Arrays.stream(body("enum " + name).split(",", -1))
                .map(constant -> camel(constant.strip()))
                .toList();
    }

    private static String body(String declaration) throws IOException {
        var source = Files.readString(SOURCES.resolve("cache.cuh")).replaceAll("//[^\n]*", "");
        int start = source.indexOf(declaration + " {");
        return source.substring(source.indexOf('{', start) + 1, source.indexOf('}', start));
    }

    private static String constant(String file, String name) throws IOException {
        var pattern = Pattern.compile("constexpr int " + name + " = ([^;]+);");
        var matcher = pattern.matcher(Files.readString(SOURCES.resolve(file)));
        assertThat(matcher.find()).as(name + " in " + file).isTrue();
        return matcher.group(1);
    }

    private static List<String> names(Enum<?>[] constants) {
        return Arrays.stream(constants).map(constant -> camel(constant.name())).toList();
    }

    private static String camel(String constant) {
        var name = new StringBuilder();
        for (var word : constant.toLowerCase(Locale.ROOT).split("_", -1)) {
            name.append(name.isEmpty() ? word : word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1));
        }
        return name.toString();
    }
}
