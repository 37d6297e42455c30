/** The backend for NVIDIA GPUs, {@code cuda}. JCuda is an automatic module: its jar names none. */
@SuppressWarnings("requires-automatic")
module io.arkvale.cuda {
    requires transitive io.arkvale.api;
    requires io.arkvale.core;
    requires jcuda;
    requires static org.jspecify;

    provides io.arkvale.api.BackendProvider with
            io.arkvale.cuda.CudaProvider;
}
