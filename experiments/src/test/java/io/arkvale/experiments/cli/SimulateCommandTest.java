package io.arkvale.experiments.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/** The command {@code simulate}, and what it says to wrong input. */
class SimulateCommandTest {
    @TempDir
    private Path directory = Path.of("");

    @Test
    void withoutOptionsItIsThePapersFigure9() {
        var run = Run.of("simulate");
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out()).containsPattern("faster up to 2\\.\\d+ times, on average 1\\.\\d+; throughput up to 5");
        assertThat(run.out().lines().filter(line -> line.startsWith("arkvale"))).hasSize(24);
        assertThat(run.err()).contains("model LongChat-7B, backend cost-model on A100-80G-PCIe");
    }

    @Test
    void jsonAndCsvHoldTheSameRowsWithTheirOrigin() {
        var run = Run.of(
                "simulate",
                "--gpu",
                "H100",
                "--model",
                "Llama-3-8B",
                "--tensor-parallel",
                "2",
                "--policies",
                "arkvale,tova",
                "--tokens",
                "40000",
                "--budgets",
                "1024",
                "--batch",
                "8",
                "--scope",
                "attended",
                "--overlap",
                "--format",
                "json",
                "--out",
                directory.toString());
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(directory.resolve("simulate.json")).hasContent(run.out());
        assertThat(directory.resolve("simulate.csv")).content().startsWith("policy,tokens,budget,batch,other_ms,");
        var rows = new JsonMapper().readTree(run.out());
        assertThat(rows).hasSize(3);
        assertThat(rows.get(0).get("policy").asString()).isEqualTo("full");
        assertThat(rows.get(0).get("budget").isNull()).isTrue();
        assertThat(rows.get(1).get("speedup").asDouble())
                .isEqualTo(
                        rows.get(0).get("step_ms").asDouble()
                                / rows.get(1).get("step_ms").asDouble(),
                        offset(1e-3));
        assertThat(rows.get(2).get("host_backups_gib").asDouble()).isZero();
        assertThat(rows.get(2).get("device").asString()).isEqualTo("2 x H100");
    }

    @Test
    void measuredRecallsTakeThePlaceOfThePapers() {
        var measured = Run.of("simulate", "--format", "csv", "--recalls-from", "results/passkey.csv");
        var same = Run.of("simulate", "--format", "csv", "--recalls-from", "results/passkey.csv", "--recalls", "0");
        assertThat(measured.exit()).as(measured.err()).isZero();
        assertThat(measured.out())
                .isNotEqualTo(Run.of("simulate", "--format", "csv").out());
        assertThat(same.exit()).isEqualTo(2);
        assertThat(same.err()).contains("--recalls", "--recalls-from", "mutually exclusive");
    }

    @Test
    void aModelThatDoesNotFitHasNoThroughput() {
        var run = Run.of("simulate", "--gpu", "RTX-4090", "--model", "Llama-3-70B", "--format", "json");
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(new JsonMapper()
                        .readTree(run.out())
                        .get(0)
                        .get("tokens_per_second")
                        .isNull())
                .isTrue();
        assertThat(Run.of("simulate", "--gpu", "RTX-4090", "--model", "Llama-3-70B")
                        .out())
                .contains("no batch fits");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--gpu=B300 | there is no GPU 'B300'; give a YAML file, or one of A100-80G-PCIe, H100, RTX-4090",
                "--policies=fastgen | there is no cost of policy 'fastgen'; policies: full, arkvale,",
                "--budgets=1000 | budget is 1000 tokens; allowed: a multiple of the page size, which is 32, from 160",
                "--batch=0 | batch is 0 and tokens is 10000; allowed: at least 1 of each",
                "--tensor-parallel=3 | tensor-parallel degree is 3; allowed: a divisor of the KV heads of LongChat-7B, 32",
                "--recalls=99 | recalls is 99.0 pages per layer, sequence and step; allowed: 0 to 16, the budget in pages",
                "--recalls-from=none.csv | result file none.csv does not exist",
                "--launch-cost=-1 | launch cost is -1.0; allowed: at least 0 microseconds",
                "--cache-memory=0 | cache memory is 0.0 GiB; allowed: above 0",
                "--dense-layers=-1 | dense layers is -1; allowed: at least 0",
            })
    void wrongInputIsOneSentence(String option, String sentence) {
        var run = Run.of("simulate", option);
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("arkvale: " + sentence);
        assertThat(run.err().lines()).hasSize(1);
    }
}
