package io.arkvale.conformance.wrong;

import io.arkvale.api.BackendProvider;
import java.nio.file.Path;
import java.util.List;

/**
 * A backend with one mistake.
 *
 * @param rule the rule that it breaks
 * @param mistake what is wrong, in a few words
 * @param source the file that is changed
 * @param changes text of the file, which stands there once, and what stands there instead; or more such pairs
 */
public record WrongBackend(int rule, String mistake, Path source, List<String> changes) {
    private static final Path EXAMPLE = Path.of("example/src/main/java/org/example/kvcache");
    private static final Path CORE = Path.of("../core/src/main/java/io/arkvale/core");

    static WrongBackend device(int rule, String mistake, String... changes) {
        return new WrongBackend(rule, mistake, EXAMPLE.resolve("ExampleDevice.java"), List.of(changes));
    }

    static WrongBackend provider(int rule, String mistake, String... changes) {
        return new WrongBackend(rule, mistake, EXAMPLE.resolve("ExampleProvider.java"), List.of(changes));
    }

    /** @param file file of the core, from its package on */
    static WrongBackend core(int rule, String mistake, String file, String... changes) {
        return new WrongBackend(rule, mistake, CORE.resolve(file), List.of(changes));
    }

    /** Compiles it; its provider is new at each call. */
    public BackendProvider provider() {
        return PatchedClasses.of(source, changes).provider("org.example.kvcache.ExampleProvider");
    }

    @Override
    public String toString() {
        return rule + " " + mistake;
    }
}
