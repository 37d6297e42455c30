package io.arkvale.experiments.cli;

import io.arkvale.experiments.cli.option.ArkValeOptions;
import io.arkvale.experiments.cli.option.OutputOptions;
import io.arkvale.experiments.cli.option.PolicyNames;
import io.arkvale.experiments.cli.terminal.Listing;
import io.arkvale.experiments.cli.terminal.Terminal;
import io.arkvale.experiments.policy.Ability;
import io.arkvale.experiments.policy.Policies;
import io.arkvale.experiments.policy.option.PolicyInfo;
import io.arkvale.experiments.policy.option.PolicyOption;
import io.arkvale.experiments.report.Metric;
import io.arkvale.experiments.report.Report;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Lists the policies: what each keeps, what it needs to see, its options; of those named, what each option does. */
@Command(
        name = "policies",
        description = {
            "List the policies: what each keeps.",
            "With names, explain these policies: what each of their options does, its default and its values."
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

    /** Characters of the column of names. */
    private static final int NAMES = 24;

    private final Terminal terminal;

    @Parameters(
            paramLabel = "NAME",
            arity = "0..*",
            completionCandidates = PolicyNames.class,
            description = "Policies to explain (default: list all).")
    private List<String> names = List.of();

    @Mixin
    private OutputOptions output = new OutputOptions();

    public PoliciesCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    /** Whether policies are named. */
    boolean namesSome() {
        return !names.isEmpty();
    }

    @Override
    public void run() {
        var named = names.stream().map(name -> Policies.named(name).info()).toList();
        output.open();
        if (named.isEmpty()) {
            var infos = Policies.all().stream().map(policy -> policy.info()).toList();
            output.print(terminal, "policies", Report.of(COLUMNS, infos), listed(infos));
            return;
        }
        var columns = new ArrayList<>(COLUMNS);
        columns.add(OPTIONS_EXPLAINED);
        var explained = named.stream().map(PoliciesCommand::explained).collect(Collectors.joining("\n"));
        output.print(terminal, "policies", Report.of(columns, named), explained);
    }

    /** A line or two for each policy, below its family. */
    private static String listed(List<PolicyInfo> infos) {
        var listing = new Listing(NAMES);
        var families = infos.stream()
                .collect(Collectors.groupingBy(PoliciesCommand::family, LinkedHashMap::new, Collectors.toList()));
        families.forEach((family, own) -> {
            listing.add(family, "");
            own.forEach(info -> listing.add("  " + info.shortName(), info.description()));
        });
        return listing + "\n" + PolicyNames.HELP + "\n";
    }

    /** The name without the short name. */
    private static String family(PolicyInfo info) {
        return info.name().substring(0, Math.max(0, info.name().lastIndexOf('.')));
    }

    private static String explained(PolicyInfo info) {
        var text = new StringBuilder();
        text.append(Listing.paragraph(0, info.name() + ": " + info.description()));
        text.append(Listing.paragraph(2, "from: " + info.paper()));
        var abilities = info.abilities().stream().map(Ability::label).collect(Collectors.joining(", "));
        text.append(Listing.paragraph(2, "abilities: " + (abilities.isEmpty() ? "none" : abilities)));
        if (info.options().isEmpty()) {
            text.append(Listing.paragraph(2, "no options"));
        }
        for (var option : info.options()) {
            text.append(Listing.paragraph(2, text(option)));
            text.append(Listing.paragraph(6, option.description()));
        }
        if (info.shortName().equals(ArkValeOptions.NAME)) {
            var also = ArkValeOptions.ALSO_OF_COMMANDS.stream()
                    .map(option -> "--" + option)
                    .toList();
            text.append(Listing.paragraph(
                    2,
                    "Commands take these also as options of their own, for wherever arkvale is named without them: "
                            + String.join(", ", also) + "."));
        }
        return text.toString();
    }

    private static String text(PolicyOption option) {
        return option.name() + "=" + option.defaultValue() + " (" + option.allowed() + ")";
    }
}
