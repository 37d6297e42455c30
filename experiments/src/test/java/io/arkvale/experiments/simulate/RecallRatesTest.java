package io.arkvale.experiments.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import io.arkvale.experiments.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecallRatesTest {
    private static final String HEADER = "policy,budget,device,prompt_tokens,recalled_pages_per_step\n";

    @Test
    void readsTheShippedResults() throws IOException {
        var rates = RecallRates.read("passkey.csv", Files.readString(Path.of("results", "passkey.csv")), 4);
        assertThat(rates.rates()).hasSize(12);
        // 11.60 pages per step in needle-5m's four limited layers.
        assertThat(rates.of(30_000, 2048)).isCloseTo(2.9, offset(1e-12));
        assertThat(rates.of(10_000, 512)).isCloseTo(2.37 / 4, offset(1e-12));
    }

    @Test
    void takesTheNearestLength() {
        var csv = HEADER + "arkvale,512,cpu,1000,4\narkvale,512,cpu,3000,8\nfull,512,cpu,3000,0\n";
        var rates = RecallRates.read("results", csv, 2);
        assertThat(rates.of(1900, 512)).isEqualTo(2);
        assertThat(rates.of(2100, 512)).isEqualTo(4);
        assertThatThrownBy(() -> rates.of(1000, 1024))
                .isInstanceOf(UserException.class)
                .hasMessage("result file results has no recalls with budget 1024; budgets: [512]");
    }

    @Test
    void quotedFieldsAreRead() {
        assertThat(Csv.rows("a,b\r\n\"1,\n2\",\"say \"\"so\"\"\"\r\n3").stream().map(row -> List.copyOf(row.values())))
                .containsExactly(List.of("1,\n2", "say \"so\""), List.of("3"));
    }

    @Test
    void wrongFilesAreSaidInOneSentence() {
        assertThatThrownBy(() -> RecallRates.read("results", HEADER, 4))
                .isInstanceOf(UserException.class)
                .hasMessage("result file results has no row of policy arkvale");
        assertThatThrownBy(() -> RecallRates.read("results", "policy,budget\narkvale,512\n", 4))
                .isInstanceOf(UserException.class)
                .hasMessage("result file results lacks the column prompt_tokens");
        assertThatThrownBy(() -> RecallRates.read("results", HEADER + "arkvale,512,cpu,1000,many\n", 4))
                .isInstanceOf(UserException.class)
                .hasMessage("result file results: recalled_pages_per_step is 'many'; allowed: a number");
    }
}
