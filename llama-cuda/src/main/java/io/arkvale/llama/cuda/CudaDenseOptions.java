package io.arkvale.llama.cuda;

import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What may be chosen.
 *
 * @param device number of the GPU
 * @param cublas file or name of the library; null to look for it
 */
record CudaDenseOptions(int device, @Nullable String cublas) {
    private static final String DEVICE = "device";
    private static final String CUBLAS = "cublas";

    /**
     * Reads them.
     *
     * @throws IllegalArgumentException if one is not known or its value not allowed
     */
    static CudaDenseOptions of(Map<String, String> options) {
        var unknown = new TreeSet<>(options.keySet());
        unknown.remove(DEVICE);
        unknown.remove(CUBLAS);
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("there is no option " + unknown.first() + "; allowed: cublas, device");
        }
        var device = options.getOrDefault(DEVICE, "0");
        if (!device.matches("\\d{1,4}")) {
            throw new IllegalArgumentException("device is " + device + "; allowed: the number of a GPU, from 0");
        }
        return new CudaDenseOptions(Integer.parseInt(device), options.get(CUBLAS));
    }
}
