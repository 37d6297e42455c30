package io.arkvale.experiments.plan;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.input.FileReason;
import io.arkvale.experiments.report.Origin;
import io.arkvale.kernels.DenseKernels;
import io.arkvale.llama.Llama;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/** Identity by content: the same words, files or code give the same digest (SHA-256), and anything else another one. */
public final class ContentDigest {
    /** Hexadecimal digits that are kept: 128 bits. */
    private static final int DIGITS = 32;

    private static final Map<Path, String> CODE = new ConcurrentHashMap<>();

    private ContentDigest() {}

    /** Of a list of words; where one ends and the next begins counts. */
    public static String ofWords(List<?> words) {
        var digest = sha256();
        for (var word : words) {
            var bytes = String.valueOf(word).getBytes(StandardCharsets.UTF_8);
            digest.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
            digest.update(bytes);
        }
        return hex(digest);
    }

    /**
     * Of a file, or of the files of a directory with their names.
     *
     * @throws UserException if it cannot be read
     */
    public static String of(Path path) {
        return of(path, file -> true);
    }

    /** Of a model's directory: its configuration, weights and tokenizer, not what else lies there. */
    public static String ofModel(Path directory) {
        return of(directory, ContentDigest::isOfModel);
    }

    /** Whether a file of a model's directory belongs to the model. */
    public static boolean isOfModel(Path file) {
        return file.toString().matches(".*\\.(safetensors|json|model|txt)");
    }

    private static String of(Path path, Predicate<Path> wanted) {
        var digest = sha256();
        var buffer = new byte[1 << 20];
        try (var walk = Files.walk(path)) {
            for (var file :
                    walk.filter(Files::isRegularFile).filter(wanted).sorted().toList()) {
                digest.update(
                        (path.relativize(file) + "\0" + Files.size(file) + "\0").getBytes(StandardCharsets.UTF_8));
                try (var stream = Files.newInputStream(file)) {
                    for (int count = stream.read(buffer); count >= 0; count = stream.read(buffer)) {
                        digest.update(buffer, 0, count);
                    }
                }
            }
        } catch (IOException e) {
            throw new UserException(path + " cannot be read: " + FileReason.of(e), e);
        } catch (UncheckedIOException e) {
            throw new UserException(path + " cannot be read: " + FileReason.of(e.getCause()), e);
        }
        return hex(digest);
    }

    /** Of the jar or the directory of classes that a class comes from. */
    public static String ofCode(Class<?> type) {
        var source = type.getProtectionDomain().getCodeSource();
        if (source == null || source.getLocation() == null) {
            return type.getModule().getDescriptor() + " of JDK " + Runtime.version();
        }
        var place = Path.of(URI.create(source.getLocation().toString()));
        return CODE.computeIfAbsent(place, ContentDigest::of);
    }

    /** Of this program: the commit of a clean checkout, or else its code. */
    public static String ofProgram() {
        var commit = Origin.programCommit();
        return commit != null && !commit.endsWith("-dirty")
                ? commit
                : ofWords(List.of(ofCode(ContentDigest.class), ofCode(Llama.class), ofCode(DenseKernels.class)));
    }

    private static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest()).substring(0, DIGITS);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
