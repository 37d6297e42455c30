package io.arkvale.experiments.report;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * What the READMEs say of the laboratory's results follows from the tables that are kept. A claim names the sentence and
 * the cells that it rests on; a table of a README holds the kept table's values.
 */
class ReadmeTest {
    private static final List<String> TASKS = List.of("passkey", "needles", "niah", "variables", "copy", "records");

    private static final String EACH = ":head-groups=each";

    static Stream<JsonNode> claims() throws IOException {
        return new YAMLMapper()
                .readTree(Files.readString(Path.of("results", "claims.yaml")))
                .valueStream();
    }

    @ParameterizedTest
    @MethodSource("claims")
    void aClaimStandsInItsTextAndItsCellsHold(JsonNode claim) throws IOException {
        assertThat(Files.readString(Path.of(claim.get("text").asString())))
                .contains(claim.get("sentence").asString().strip());
        var rows = rows(claim.get("table").asString());
        assertThat(claim.get("cells")).isNotEmpty();
        for (var cell : claim.get("cells")) {
            var column = cell.path("column").asString("accuracy");
            assertThat(cell.has("gain_on"))
                    .as("whether " + cell + " names a control")
                    .isEqualTo(column.startsWith("gain"));
            var found = rows.where(row -> matches(row, cell));
            assertThat(found.all()).as("rows of " + cell).isNotEmpty();
            for (var row : found) {
                assertThat(row.number(column))
                        .as(column + " of " + row)
                        .isBetween(
                                cell.get("least").asDouble(), cell.get("most").asDouble());
            }
        }
    }

    /** Whether a row has one of the values that a cell names for each of its columns. */
    private static boolean matches(Rows.Row row, JsonNode cell) {
        return Stream.of("experiment", "policy", "budget", "length", "gain_on")
                .filter(cell::has)
                .allMatch(name -> cell.get(name).isArray()
                        ? cell.get(name)
                                .valueStream()
                                .anyMatch(one -> row.text(name).equals(one.asString()))
                        : row.text(name).equals(cell.get(name).asString()));
    }

    /** Scores of all budgets; one number where they are the same run. */
    @Test
    void theTablesOfScoresAreTheLaboratorys() throws IOException {
        var readme = Files.readString(Path.of("README.md"));
        var rows = rows("results/laboratory.csv");
        for (var policy : rows.distinct("policy")) {
            var own = rows.where("policy", policy);
            var text = values(own.where("experiment", "perplexity"), "bits_per_byte", 1, "%.3f");
            assertThat(readme).contains(scores(own, "") + " " + text + " |").contains(scores(own, "-inside") + "\n");
        }
    }

    private static String scores(Rows ofPolicy, String protocol) {
        return TASKS.stream()
                .map(task -> values(ofPolicy.where("experiment", task + protocol), "accuracy", 100, "%.0f"))
                .collect(joining(" | ", "| " + ofPolicy.distinct("policy").getFirst() + " | ", " |"));
    }

    /** What is held and moved in needles at 512. */
    @Test
    void theTableOfCostsIsTheLaboratorys() throws IOException {
        var readme = Files.readString(Path.of("README.md"));
        var rows = rows("results/laboratory.csv").where("experiment", "needles").where("budget", 512);
        for (var row : rows) {
            var cells = List.of(
                    row.text("policy"),
                    number("%.0f", row.number("held_tokens")),
                    number("%.1f", row.number("resident_bytes") / (1 << 20)),
                    number("%.2f", row.number("recalled_pages_per_step")),
                    number("%.0f", row.number("scoring_bytes_per_step") / 1024),
                    number("%.0f", row.number("attention_bytes_per_step") / 1024),
                    number("%.3f", row.number("output_error")),
                    number("%.2f", row.number("recovered_mass")),
                    number("%.2f", row.number("top_pages_found")));
            assertThat(readme).contains("| " + String.join(" | ", cells) + " |");
        }
    }

    /** The page on research shows some policies at 512. */
    @Test
    void theProjectsTableIsTheLaboratorys() throws IOException {
        var rows = rows("results/laboratory.csv").where("budget", 512);
        var shown = Files.readString(Path.of("..", "docs", "research.md"))
                .lines()
                .dropWhile(line -> !line.startsWith("| policy | passkey | needles |"))
                .skip(2)
                .takeWhile(line -> line.startsWith("|"))
                .toList();
        assertThat(shown).hasSizeGreaterThan(5);
        for (var line : shown) {
            var policy = line.split("\\|", -1)[1].strip();
            var own = rows.where("policy", policy);
            var cells = new ArrayList<>(List.of(policy));
            for (var task : TASKS) {
                cells.add(values(own.where("experiment", task), "accuracy", 100, "%.0f"));
            }
            cells.add(values(own.where("experiment", "perplexity"), "bits_per_byte", 1, "%.3f"));
            var needles = own.where("experiment", "needles").only();
            cells.add(number("%.1f", needles.number("resident_bytes") / (1 << 20)));
            cells.add(number("%.0f", needles.number("scoring_bytes_per_step") / 1024));
            assertThat(line).isEqualTo("| " + String.join(" | ", cells) + " |");
        }
    }

    /** The control of the disc digest, a column per share attended and choice. */
    @Test
    void theTableOfExtentsIsItsSweeps() throws IOException {
        var readme = Files.readString(Path.of("README.md"));
        var rows = rows("results/extent-8192.csv");
        for (var policy : rows.where("experiment", "half-attended").distinct("policy")) {
            if (policy.endsWith(EACH)) {
                continue;
            }
            var attended = policy.startsWith("arkvale") ? ":attended=15" : ":attended=budget";
            var cells = Stream.of(policy, policy + EACH, policy + attended, policy + EACH + attended)
                    .map(name -> percent(rows.where("policy", name)))
                    .collect(joining(" | "));
            assertThat(readme).containsPattern("\\| \\Q" + policy + "\\E \\| \\d+ \\| \\Q" + cells + " |\\E");
        }
    }

    private static String percent(Rows cell) {
        return cell.all().isEmpty()
                ? "-"
                : number(
                        "%.1f",
                        100 * cell.only().number("correct") / cell.only().number("samples"));
    }

    /** Gains on a control are differences of what is kept of both. */
    @Test
    void gainsAreDifferencesOfTheTable() throws IOException {
        var rows = rows("results/extent-8192.csv");
        for (var gain : rows("results/extent-8192-gains.csv")) {
            var own = rows.where("experiment", gain.text("experiment"));
            var accuracy = own.where("policy", gain.text("policy")).only().number("accuracy");
            var control = own.where("policy", gain.text("gain_on")).only().number("accuracy");
            assertThat(gain.number("gain")).as(gain.toString()).isCloseTo(accuracy - control, within(1.51e-4));
        }
    }

    @Test
    void theTableOfPromptsInChunksIsItsSweep() throws IOException {
        var readme = Files.readString(Path.of("README.md"));
        for (var row : rows("results/prefill-chunks.csv")) {
            var cells = List.of(
                    row.text("task"),
                    row.text("policy"),
                    knowsNoBudget(row.text("policy")) ? "" : row.text("budget"),
                    row.text("correct") + " of " + row.text("samples"),
                    number("%.1f", 100 * row.number("accuracy")),
                    number("%.1f", 100 * row.number("accuracy_low")) + " to "
                            + number("%.1f", 100 * row.number("accuracy_high")),
                    number("%.1f", row.number("peak_bytes") / (1 << 20)),
                    number("%.1f", row.number("resident_bytes") / (1 << 20)),
                    number("%.2f", row.number("recalled_pages_per_step")));
            assertThat(readme).contains("| " + String.join(" | ", cells).replace("|  |", "| |") + " |");
        }
    }

    @Test
    void theTableOfPrefetchIsItsSweep() throws IOException {
        var readme = Files.readString(Path.of("README.md"));
        for (var row : rows("results/prefetch.csv")) {
            var gain = row.text("policy").equals(row.text("gain_on"))
                    ? ""
                    : String.format(
                            Locale.ROOT,
                            "%+.1f (%+.1f to %+.1f)",
                            100 * row.number("gain"),
                            100 * row.number("gain_low"),
                            100 * row.number("gain_high"));
            var cells = List.of(
                    row.text("policy"),
                    row.text("budget"),
                    row.text("correct") + " of " + row.text("samples"),
                    gain,
                    number("%.2f", 100 * row.number("in_time")),
                    number("%.2f", row.number("recalled_pages_per_step")),
                    number("%.3f", row.number("output_error")));
            assertThat(readme).contains("| " + String.join(" | ", cells).replace("|  |", "| |") + " |");
        }
    }

    private static String values(Rows rows, String column, double factor, String format) {
        var values = rows.numbers(column)
                .mapToObj(value -> number(format, factor * value))
                .toList();
        var one = rows.distinct("policy").stream().allMatch(ReadmeTest::knowsNoBudget);
        return one ? values.getFirst() : values.stream().collect(joining(" "));
    }

    private static boolean knowsNoBudget(String policy) {
        return Stream.of("full", "quantised", "fastgen").anyMatch(name -> policy.split(":", -1)[0].equals(name));
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }

    private static Rows rows(String table) throws IOException {
        return new Rows(CsvRows.parse(Files.readString(Path.of(table)).getBytes(StandardCharsets.UTF_8)).stream()
                .map(row -> new Rows.Row(new LinkedHashMap<>(row)))
                .toList());
    }
}
