package io.arkvale.experiments.cli;

import io.arkvale.experiments.policy.Ability;
import io.arkvale.experiments.policy.Policies;
import io.arkvale.experiments.policy.PolicyInfo;
import io.arkvale.experiments.policy.PolicyOption;
import io.arkvale.experiments.report.Metric;
import io.arkvale.experiments.report.Report;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists the policies: what each keeps, what it needs to see, its options with defaults and ranges. */
@Command(name = "policies", description = "List policies: what each keeps, its abilities and its options.")
final class PoliciesCommand implements Runnable {
    private static final List<Metric<PolicyInfo>> COLUMNS = List.of(
            Metric.of("name", PolicyInfo::name),
            Metric.of("shortName", PolicyInfo::shortName),
            Metric.of("keeps", PolicyInfo::description),
            Metric.of(
                    "abilities",
                    info -> info.abilities().stream().map(Ability::label).toList()),
            Metric.of(
                    "options",
                    info -> info.options().stream().map(PoliciesCommand::text).toList()),
            Metric.of("paper", PolicyInfo::paper));

    private final Terminal terminal;

    @Mixin
    private OutputOptions output = new OutputOptions();

    PoliciesCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void run() {
        output.open();
        var infos = Policies.all().stream().map(policy -> policy.info()).toList();
        output.print(terminal, "policies", Report.of(COLUMNS, infos));
    }

    private static String text(PolicyOption option) {
        return option.name() + "=" + option.defaultValue() + " (" + option.allowed() + ")";
    }
}
