package io.arkvale.conformance.wrong;

import io.arkvale.api.BackendProvider;
import java.nio.file.Path;
import java.util.List;

/**
 * A backend with one mistake.
 *
 * @param rule the rule that it breaks
 * @param mistake what is wrong, in a few words
 * @param patches what is changed
 */
public record WrongBackend(int rule, String mistake, List<Patch> patches) {
    private static final Path EXAMPLE = Path.of("example/src/main/java/org/example/kvcache");
    private static final Path CORE = Path.of("../core/src/main/java/io/arkvale/core");

    /**
     * Changes to a source file.
     *
     * @param source the file
     * @param changes text of the file, which stands there once, and what stands there instead; or more such pairs
     */
    record Patch(Path source, List<String> changes) {}

    static Patch device(String... changes) {
        return new Patch(EXAMPLE.resolve("ExampleDevice.java"), List.of(changes));
    }

    static Patch provider(String... changes) {
        return new Patch(EXAMPLE.resolve("ExampleProvider.java"), List.of(changes));
    }

    static Patch core(String file, String... changes) {
        return new Patch(CORE.resolve(file), List.of(changes));
    }

    static WrongBackend device(int rule, String mistake, String... changes) {
        return new WrongBackend(rule, mistake, List.of(device(changes)));
    }

    static WrongBackend summary(int rule, String mistake, String... changes) {
        return new WrongBackend(
                rule, mistake, List.of(new Patch(EXAMPLE.resolve("PageSummary.java"), List.of(changes))));
    }

    static WrongBackend provider(int rule, String mistake, String... changes) {
        return new WrongBackend(rule, mistake, List.of(provider(changes)));
    }

    /** @param file file of the core, from its package on */
    static WrongBackend core(int rule, String mistake, String file, String... changes) {
        return new WrongBackend(rule, mistake, List.of(core(file, changes)));
    }

    /** Compiles it; its provider is new at each call. */
    public BackendProvider provider() {
        return PatchedClasses.of(patches).provider("org.example.kvcache.ExampleProvider");
    }

    @Override
    public String toString() {
        return rule + " " + mistake;
    }
}
