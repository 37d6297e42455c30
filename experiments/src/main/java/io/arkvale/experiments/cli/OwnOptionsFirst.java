package io.arkvale.experiments.cli;

import io.arkvale.experiments.cli.option.ArkValeOptions;
import io.arkvale.experiments.cli.option.BackendOptions;
import io.arkvale.experiments.cli.option.ModelOptions;
import io.arkvale.experiments.cli.option.NotebookOptions;
import io.arkvale.experiments.cli.option.OutputOptions;
import io.arkvale.experiments.cli.option.PolicyOptions;
import io.arkvale.experiments.cli.option.ProtocolOption;
import io.arkvale.experiments.cli.option.SeedOption;
import io.arkvale.experiments.cli.option.ThreadOptions;
import io.arkvale.experiments.cli.task.ScoredCommand;
import java.lang.reflect.Field;
import java.util.Comparator;
import java.util.List;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.ColorScheme;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Help that shows the options of a command before those that it shares with others, and the general ones last. */
public final class OwnOptionsFirst extends Help {
    private static final List<Class<?>> SHARED = List.of(
            ScoredCommand.class,
            PolicyOptions.class,
            ProtocolOption.class,
            SeedOption.class,
            ModelOptions.class,
            ThreadOptions.class,
            BackendOptions.class,
            OutputOptions.class,
            NotebookOptions.class,
            ArkValeOptions.class);

    public OwnOptionsFirst(CommandSpec command, ColorScheme colors) {
        super(command, colors);
    }

    @Override
    public String optionList() {
        return optionList(createDefaultLayout(), Comparator.comparingInt(this::rank), parameterLabelRenderer());
    }

    private int rank(OptionSpec option) {
        var declaredIn = option.userObject() instanceof Field field ? field.getDeclaringClass() : Main.class;
        var general = declaredIn == Main.class || declaredIn.getPackage() == Help.class.getPackage();
        return general ? 1 + SHARED.size() : 1 + SHARED.indexOf(declaredIn);
    }
}
