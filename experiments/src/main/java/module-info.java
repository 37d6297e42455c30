/** The laboratory: policies, tasks, metrics and the command line. */
@SuppressWarnings("requires-automatic") // the charts' libraries name their modules, but do not describe them
module io.arkvale.experiments {
    requires transitive io.arkvale.api;
    requires io.arkvale.conformance;
    requires io.arkvale.kernels;
    requires io.arkvale.llama;
    requires info.picocli;
    requires java.desktop;
    requires me.tongfei.progressbar;
    requires org.apache.xmlgraphics.batik.svggen;
    requires org.jfree.jfreechart;
    requires tools.jackson.databind;
    requires tools.jackson.dataformat.csv;
    requires tools.jackson.dataformat.yaml;
    requires static org.jspecify;

    exports io.arkvale.experiments.policy;

    uses io.arkvale.experiments.policy.TokenPolicy;

    opens io.arkvale.experiments.cli to
            info.picocli;
}
