package io.arkvale.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.arkvale.api.Digest;
import io.arkvale.api.ElementType;
import io.arkvale.api.GroupScore;
import io.arkvale.api.Scope;
import io.arkvale.api.StepReport.Part;
import io.arkvale.cuda.kernel.CacheStructs.Books;
import io.arkvale.cuda.kernel.CacheStructs.Layer;
import io.arkvale.cuda.kernel.CacheStructs.Sequence;
import io.arkvale.cuda.kernel.CacheStructs.Shape;
import io.arkvale.cuda.kernel.KernelArguments.AppendArguments;
import io.arkvale.cuda.kernel.KernelArguments.AttendArguments;
import io.arkvale.cuda.kernel.KernelArguments.EvictVictimsArguments;
import io.arkvale.cuda.kernel.KernelName;
import io.arkvale.cuda.kernel.Serving;
import io.arkvale.cuda.kernel.StructLayout;
import io.arkvale.cuda.step.AttentionWork.Arrival;
import io.arkvale.cuda.step.ScoreWork.EstimateMode;
import io.arkvale.cuda.step.ScoreWork.SelectMode;
import io.arkvale.cuda.step.Splits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Kernels and host agree on the structs and constants that both write down. */
class LayoutTest {
    private static final Path SOURCES = Path.of("src/main/cuda");
    private static final Set<String> ENUMERATIONS = Set.of("EstimateMode", "SelectMode", "Arrival", "Serving");

    @Test
    void everyKernelTakesTheArgumentsThatItsNameSays() throws IOException {
        var taken = new TreeMap<String, String>();
        var launchers = Pattern.compile("(\\w+?)(?:_##suffix)?\\(const __grid_constant__ (\\w+) call\\)");
        var instances = Pattern.compile("(?m)^(?:STORED_)?KERNELS\\((\\w+), (\\w+),");
        for (var image : images()) {
            var source = Files.readString(SOURCES.resolve(image + ".cu"));
            for (var pattern : List.of(launchers, instances)) {
                pattern.matcher(source)
                        .results()
                        .forEach(found -> taken.put(image + " " + found.group(1), found.group(2)));
            }
        }
        var named = new TreeMap<String, String>();
        for (var kernel : KernelName.values()) {
            var function = kernel.function(ElementType.F16).replaceAll("_f16$", "");
            named.put(kernel.source() + " " + function, kernel.arguments().getSimpleName());
        }
        assertThat(named).isEqualTo(taken);
    }

    @Test
    void everyRecordHasTheFieldsOfItsStructure() throws IOException {
        for (var kernel : KernelName.values()) {
            requireSame(kernel.arguments(), kernel.source());
        }
    }

    /** The same fields with the same widths in the same order: then the compiler's rules give both the same offsets. */
    private static void requireSame(Class<?> type, String image) throws IOException {
        var components = new ArrayList<Field>();
        for (var component : type.getRecordComponents()) {
            components.add(new Field(component.getName(), component.getType().getSimpleName()));
            if (!component.getType().isPrimitive()) {
                requireSame(component.getType(), image);
            }
        }
        assertThat(components).as(type.getSimpleName()).isEqualTo(fields(type.getSimpleName(), image));
    }

    @Test
    void aRecordIsWrittenAsTheCompilerLaysItOut() {
        var layer = new Layer(new Shape(1, 2, 3, 4, 5, 6, 0.5f, 17), 7, 8, 9, 10, 17, 16);
        var books = new Books(11, 12, 13, 14, 15, 16);
        var buffer =
                ByteBuffer.allocate(StructLayout.of(EvictVictimsArguments.class).bytes());
        StructLayout.of(EvictVictimsArguments.class).write(new EvictVictimsArguments(layer, books), buffer, 0);
        var expected = ByteBuffer.allocate(80 + 48);
        for (int number : new int[] {1, 2, 3, 4, 5, 6}) {
            expected.putInt(number);
        }
        expected.putFloat(0.5f)
                .putInt(0) // so that an address follows
                .putLong(17)
                .putInt(7)
                .putInt(8)
                .putLong(9)
                .putLong(10)
                .putLong(17)
                .putInt(16)
                .putInt(0)
                .putLong(11)
                .putLong(12)
                .putLong(13)
                .putLong(14)
                .putLong(15)
                .putInt(16);
        assertThat(buffer.array()).isEqualTo(expected.array());
        var append = StructLayout.of(AppendArguments.class);
        assertThat(append.offset("tokens")).isEqualTo(80 + 32 + 48); // books end with 4 bytes that nothing uses
        assertThat(append.offset("flags")).isEqualTo(80 + 32 + 48 + 2 * 16 + 16); // tokens and queries are rows
        assertThat(StructLayout.of(AttendArguments.class).bytes()).isEqualTo(80 + 32 + 7 * 8 + 3 * 4 + 4);
    }

    @Test
    void recordsInDeviceMemoryHaveTheFieldsOfTheirStructures() throws IOException {
        requireSame(Sequence.class, "cache");
        int ints = fields("Run", "cache").size() + 2; // two of them are pairs
        var tables = new TableLayout(3, 64, 5);
        assertThat(tables.bytes()).isEqualTo(Integer.BYTES * (2 * 3 * 64 + 3 * 2 * 5 + 3 * 2 + 3L * ints));
    }

    @Test
    void enumsHaveTheSameOrder() throws IOException {
        var digests = new ArrayList<>(Arrays.stream(Digest.values())
                .map(digest -> camel(digest.name()))
                .toList());
        digests.add("coded"); // what a Coded describes
        assertThat(constants("Digest", "cache")).isEqualTo(digests);
        assertThat(constants("CodedShape", "cache")).isEqualTo(ofCoded(Digest.Shape.values()));
        assertThat(constants("CodedExtent", "cache")).isEqualTo(ofCoded(Digest.Extent.values()));
        assertThat(constants("GroupScore", "cache")).isEqualTo(names(GroupScore.values()));
        assertThat(constants("Scope", "cache")).isEqualTo(names(Scope.values()));
        var parts = new ArrayList<>(names(Part.values()));
        parts.add("parts"); // how many
        assertThat(constants("StepPart", "cache")).isEqualTo(parts);
        assertThat(constants("EstimateMode", "estimate")).isEqualTo(names(EstimateMode.values()));
        assertThat(constants("SelectMode", "select")).isEqualTo(names(SelectMode.values()));
        assertThat(constants("Arrival", "attend")).isEqualTo(names(Arrival.values()));
        assertThat(constants("Serving", "cache")).isEqualTo(names(Serving.values()));
    }

    @Test
    void limitsAreTheSame() throws IOException {
        assertThat(constant("select.cu", "SHARED_KEYS")).isEqualTo("36 * 1024");
        assertThat(Splits.SHARED_KEYS).isEqualTo(36 * 1024);
        assertThat(constant("attended.cuh", "MOST_SPLITS")).isEqualTo("128");
        assertThat(constant("attended.cuh", "SPLIT_UNIT")).isEqualTo("16");
        assertThat(constant("attended.cuh", "SHORT")).isEqualTo("4096");
        assertThat(constants("SlotMark", "cache"))
                .containsExactly("none = -1", "wanted = -2", "locked = -3", "victim = -10");
        assertThat(constants("BackupMark", "cache")).containsExactly("unwritten = -10");
        assertThat(constants("AttendedMark", "cache")).containsExactly("fresh = 1 << 30");
        var tables = new TableLayout(1, 3, 2);
        var copy = new int[(int) tables.bytes() / Integer.BYTES];
        System.arraycopy(new int[] {5, -10, -2, 0, 0, 0, 8, 9, 1 << 30 | 7, 6, 0, 1, 4, 2}, 0, copy, 0, 14);
        assertThat(tables.slot(copy, 0, 0)).isEqualTo(5);
        assertThat(tables.slot(copy, 0, 1)).isZero();
        assertThat(tables.slot(copy, 0, 2)).isNegative();
        assertThat(tables.attendedCount(copy, 0)).isEqualTo(2); // of the half that holds
        assertThat(tables.attendedPage(copy, 0, 0)).isEqualTo(7);
    }

    private record Field(String name, String type) {}

    private static Set<String> images() throws IOException {
        var images = new TreeSet<String>();
        try (var files = Files.list(SOURCES)) {
            for (var file : files.toList()) {
                var name = file.getFileName().toString();
                if (name.endsWith(".cu")) {
                    images.add(name.substring(0, name.length() - ".cu".length()));
                }
            }
        }
        return images;
    }

    /** The fields of a structure that is declared in a source file or a header. */
    private static List<Field> fields(String struct, String image) throws IOException {
        var fields = new ArrayList<Field>();
        for (var statement : body("struct " + struct, image).split(";", -1)) {
            var declaration = statement.strip();
            if (declaration.isEmpty()) {
                continue;
            }
            var words = declaration.split("[ *]+", 3);
            for (var name : declaration.split(",", -1)) {
                fields.add(new Field(name.replaceAll("(?s).*[ *]", "").strip(), type(declaration, words[0])));
            }
        }
        assertThat(fields).as(struct).isNotEmpty();
        return fields;
    }

    private static String type(String declaration, String first) throws IOException {
        if (declaration.contains("*") || declaration.startsWith("long long ")) {
            return "long";
        }
        boolean number = first.equals("int") || ENUMERATIONS.contains(first);
        return number ? "int" : first;
    }

    private static List<String> constants(String name, String image) throws IOException {
        return Arrays.stream(body("enum " + name, image).split(",", -1))
                .filter(constant -> !constant.isBlank())
                .map(constant -> camel(constant.strip()))
                .toList();
    }

    private static String body(String declaration, String image) throws IOException {
        for (var file : List.of(image + ".cu", "cache.cuh", "attended.cuh", "prefill.cuh", "residence.cuh")) {
            var path = SOURCES.resolve(file);
            var source = Files.exists(path)
                    ? Files.readString(path).replaceAll("//[^\n]*", "").replaceAll("(?s)/\\*.*?\\*/", "")
                    : "";
            var matcher =
                    Pattern.compile(declaration + "( : int)? \\{([^}]*)\\}").matcher(source);
            if (matcher.find()) {
                return matcher.group(2);
            }
        }
        throw new AssertionError("no " + declaration + " for " + image);
    }

    private static String constant(String file, String name) throws IOException {
        var pattern = Pattern.compile("constexpr int " + name + " = ([^;]+);");
        var matcher = pattern.matcher(Files.readString(SOURCES.resolve(file)));
        assertThat(matcher.find()).as(name + " in " + file).isTrue();
        return matcher.group(1);
    }

    private static List<String> ofCoded(Enum<?>[] constants) {
        return Arrays.stream(constants)
                .map(constant -> camel("CODED_" + constant.name()))
                .toList();
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
