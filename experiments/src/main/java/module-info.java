/** The laboratory: policies, tasks, metrics and the command line. */
module io.arkvale.experiments {
    requires transitive io.arkvale.api;
    requires io.arkvale.kernels;
    requires io.arkvale.llama;
    requires info.picocli;
    requires me.tongfei.progressbar;
    requires tools.jackson.databind;
    requires static org.jspecify;

    opens io.arkvale.experiments.cli to
            info.picocli;
}
