package io.arkvale.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.arkvale.cuda.kernel.KernelName;
import io.arkvale.cuda.kernel.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The compiled kernels are those of the sources. If this fails, run {@code backend-cuda/compile-kernels}. */
class ImagesTest {
    private static final Path SOURCES = Path.of("src/main/cuda");
    private static final Path IMAGES = Path.of("src/main/resources/io/arkvale/cuda/images");

    @Test
    void theManifestNamesEverySourceAndImageAsItIs() throws IOException {
        var noted = new TreeMap<String, String>();
        for (var line : Files.readAllLines(IMAGES.resolve("MANIFEST"))) {
            if (line.matches("[0-9a-f]{64}  \\S+")) {
                noted.put(line.substring(66), line.substring(0, 64));
            }
        }
        var found = new TreeMap<String, String>();
        addDigests(SOURCES, found);
        addDigests(IMAGES, found);
        found.remove("MANIFEST");
        assertThat(noted).as("run backend-cuda/compile-kernels").isEqualTo(found);
    }

    @Test
    void everyKernelHasAnImagePerStoreAndNoImageIsOfNoKernel() throws IOException {
        var needed = new TreeSet<String>();
        for (var kernel : KernelName.values()) {
            for (var store : Store.values()) {
                needed.add(kernel.image(store));
            }
        }
        assertThat(names(IMAGES, ".fatbin")).isEqualTo(needed);
    }

    private static Set<String> names(Path directory, String suffix) throws IOException {
        var names = new TreeSet<String>();
        try (var files = Files.list(directory)) {
            for (var file : files.toList()) {
                var name = file.getFileName().toString();
                if (name.endsWith(suffix)) {
                    names.add(name.substring(0, name.length() - suffix.length()));
                }
            }
        }
        return names;
    }

    private static void addDigests(Path directory, Map<String, String> into) throws IOException {
        try (var files = Files.list(directory)) {
            for (var file : files.toList()) {
                into.put(file.getFileName().toString(), sha256(Files.readAllBytes(file)));
            }
        }
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
