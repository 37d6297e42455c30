package io.arkvale.experiments.cli;

import io.arkvale.experiments.cli.option.OutputOptions;
import io.arkvale.experiments.cli.terminal.Terminal;
import io.arkvale.experiments.policy.Ability;
import io.arkvale.experiments.policy.Policies;
import io.arkvale.experiments.policy.PolicyInfo;
import io.arkvale.experiments.policy.PolicyOption;
import io.arkvale.experiments.report.Metric;
import io.arkvale.experiments.report.Report;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Lists the policies: what each keeps, what it needs to see, its options; of those named, what each option does. */
@Command(
        name = "policies",
        description = {
            "List policies: what each keeps, its abilities and its options.",
            "With names, explain these policies: what each of their options does, its default and its range."
        })
public final class PoliciesCommand implements Runnable {
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

    private static final Metric<PolicyInfo> OPTIONS_EXPLAINED = Metric.of(
            "optionsExplained",
            info -> info.options().stream()
                    .map(option -> text(option) + ": " + option.description())
                    .toList());

    private final Terminal terminal;

    @Parameters(paramLabel = "NAME", arity = "0..*", description = "Policies to explain (default: list all).")
    private List<String> names = List.of();

    @Mixin
    private OutputOptions output = new OutputOptions();

    public PoliciesCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void run() {
        var named = names.stream().map(name -> Policies.named(name).info()).toList();
        output.open();
        if (named.isEmpty()) {
            var infos = Policies.all().stream().map(policy -> policy.info()).toList();
            output.print(terminal, "policies", Report.of(COLUMNS, infos));
            return;
        }
        var columns = new ArrayList<>(COLUMNS);
        columns.add(OPTIONS_EXPLAINED);
        var explained = named.stream().map(PoliciesCommand::explained).collect(Collectors.joining("\n"));
        output.print(terminal, "policies", Report.of(columns, named), explained);
    }

    private static String explained(PolicyInfo info) {
        var text = new StringBuilder();
        text.append(info.name()).append(": ").append(info.description()).append('\n');
        text.append("  from: ").append(info.paper()).append('\n');
        text.append("  abilities: ")
                .append(info.abilities().stream().map(Ability::label).collect(Collectors.joining(", ")))
                .append('\n');
        if (info.options().isEmpty()) {
            text.append("  no options\n");
        }
        for (var option : info.options()) {
            text.append("  ").append(text(option)).append('\n');
            text.append("      ").append(option.description()).append('\n');
        }
        return text.toString();
    }

    private static String text(PolicyOption option) {
        return option.name() + "=" + option.defaultValue() + " (" + option.allowed() + ")";
    }
}
