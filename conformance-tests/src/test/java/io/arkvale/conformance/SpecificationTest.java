package io.arkvale.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The specification and the kit speak of the same rules. */
final class SpecificationTest {
    private static final Pattern RULE = Pattern.compile("\\| (\\d{3})( †)? \\| (.+) \\| (.*)\\|");

    private static List<String> lines() throws IOException {
        return Files.readAllLines(Path.of("..", "api", "SPEC.md"));
    }

    @Test
    void everyRuleThatMustHoldAndCanBeTestedHasATest() throws IOException {
        var must = new TreeSet<Integer>();
        for (var line : lines()) {
            var rule = RULE.matcher(line);
            if (rule.matches() && rule.group(2) == null && rule.group(3).matches(".*\\b(MUST|MAY)\\b.*")) {
                must.add(Integer.valueOf(rule.group(1)));
            }
        }
        var tested = new TreeSet<>(RuleCatalog.rules());
        tested.remove(0);
        assertThat(tested).isEqualTo(must);
    }

    @Test
    void everyRuleSaysWhatItIsFor() throws IOException {
        assertThat(lines())
                .filteredOn(line -> RULE.matcher(line).matches())
                .hasSizeGreaterThan(60)
                .allSatisfy(line -> {
                    var rule = RULE.matcher(line);
                    assertThat(rule.matches()).isTrue();
                    assertThat(rule.group(4).strip()).as(line).endsWith(".");
                });
    }
}
