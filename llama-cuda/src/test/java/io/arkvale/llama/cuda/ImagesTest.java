package io.arkvale.llama.cuda;

import static org.assertj.core.api.Assertions.assertThat;

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

/** The compiled kernels are those of the sources. If this fails, run {@code llama-cuda/compile-kernels}. */
class ImagesTest {
    private static final Path SOURCES = Path.of("src/main/cuda");
    private static final Path IMAGES = Path.of("src/main/resources/io/arkvale/llama/cuda/images");

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
        assertThat(noted).as("run llama-cuda/compile-kernels").isEqualTo(found);
    }

    @Test
    void everyKernelFileHasAnImage() throws IOException {
        assertThat(names(IMAGES, ".fatbin")).isNotEmpty().isEqualTo(names(SOURCES, ".cu"));
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
