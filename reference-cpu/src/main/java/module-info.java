/** The reference backend, {@code cpu}. */
module io.arkvale.cpu {
    requires transitive io.arkvale.api;
    requires io.arkvale.core;
    requires io.arkvale.kernels;
    requires static org.jspecify;

    provides io.arkvale.api.BackendProvider with
            io.arkvale.cpu.CpuProvider;
}
