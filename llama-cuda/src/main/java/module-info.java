/** Models on NVIDIA GPUs: products by cuBLAS, everything else by kernels of its own. */
module io.arkvale.llama.cuda {
    requires transitive io.arkvale.llama;
    requires static org.jspecify;

    provides io.arkvale.llama.forward.DenseProvider with
            io.arkvale.llama.cuda.CudaDenseProvider;
}
