/** The laboratory: policies, tasks, metrics and the command line. */
@SuppressWarnings("requires-automatic") // libraries of charts and files that do not describe their modules
module io.arkvale.experiments {
    requires transitive io.arkvale.api;
    requires io.arkvale.conformance;
    requires io.arkvale.kernels;
    requires io.arkvale.llama;
    requires io.arkvale.serving;
    requires info.picocli;
    requires java.desktop;
    requires jdk.incubator.vector;
    requires me.tongfei.progressbar;
    requires org.apache.commons.numbers.arrays;
    requires org.apache.commons.statistics.descriptive;
    requires org.apache.commons.statistics.interval;
    requires org.apache.xmlgraphics.batik.svggen;
    requires org.jfree.jfreechart;
    requires parquet.format.structures;
    requires tools.jackson.databind;
    requires tools.jackson.dataformat.csv;
    requires tools.jackson.dataformat.yaml;
    requires static org.jspecify;

    exports io.arkvale.experiments;
    exports io.arkvale.experiments.policy;
    exports io.arkvale.experiments.policy.option;
    exports io.arkvale.experiments.policy.page;
    exports io.arkvale.experiments.report;
    exports io.arkvale.experiments.result;
    exports io.arkvale.experiments.task;

    // What a jar of a user's own may provide.
    uses io.arkvale.experiments.policy.TokenPolicy;
    uses io.arkvale.experiments.policy.page.DigestKind;
    uses io.arkvale.experiments.result.CellMetric;
    uses io.arkvale.experiments.task.Task;
    // What the add-on with Apache Spark provides.
    uses io.arkvale.experiments.study.Cluster;

    opens io.arkvale.experiments.cli to
            info.picocli;
    opens io.arkvale.experiments.cli.experiment to
            info.picocli,
            tools.jackson.databind;
    opens io.arkvale.experiments.cli.option to
            info.picocli;
    opens io.arkvale.experiments.cli.serve to
            info.picocli;
    opens io.arkvale.experiments.cli.simulate to
            info.picocli;
    opens io.arkvale.experiments.cli.task to
            info.picocli;
    opens io.arkvale.experiments.cli.trace to
            info.picocli;
    opens io.arkvale.experiments.report to
            tools.jackson.databind;
    opens io.arkvale.experiments.result to
            tools.jackson.databind;
}
