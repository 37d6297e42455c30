package io.arkvale.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is wrong with one provider, it is listed with the reason and hides no other. */
class ProviderLoadingTest {
    @TempDir
    private Path directory;

    @Test
    void aProviderWhoseClassIsMissingIsListedAsUnavailable() throws IOException {
        var providers = providers("org.example.Missing", Good.class.getName());
        assertThat(providers).extracting(BackendProvider::id).containsExactly("good", "org.example.Missing");
        assertThat(providers.getLast().probe())
                .isInstanceOfSatisfying(
                        Availability.Unavailable.class,
                        why -> assertThat(why.reason()).contains("failed to load", "org.example.Missing not found"));
    }

    @Test
    void whoAsksForAnotherIdLearnsWhichProvidersCannotBeUsed() throws IOException {
        assertThatThrownBy(() -> provider("good-one", "org.example.Missing", Good.class.getName()))
                .isInstanceOf(BackendUnavailableException.class)
                .hasMessageContaining(
                        "installed are [good, org.example.Missing]; org.example.Missing cannot be used: its")
                .hasMessageContaining("Provider org.example.Missing not found");
    }

    @Test
    void aProviderNamedInTwoFilesIsListedOnce() throws IOException {
        assertThat(providers("org.example.Missing", "org.example.Missing")).hasSize(1);
    }

    @Test
    void aClassThatIsNoProviderIsListedAsUnavailable() throws IOException {
        assertThat(providers(NoProvider.class.getName(), Good.class.getName()))
                .extracting(BackendProvider::id)
                .containsExactly("good", NoProvider.class.getName());
    }

    @Test
    void aProviderThatCannotBeMadeIsListedAsUnavailable() throws IOException {
        var providers = providers(Failing.class.getName(), Good.class.getName());
        assertThat(providers).extracting(BackendProvider::id).containsExactly("good", Failing.class.getName());
        assertThat(providers.getLast().probe())
                .isInstanceOfSatisfying(
                        Availability.Unavailable.class,
                        why -> assertThat(why.reason()).contains("no such library"));
    }

    @Test
    void aFileThatNamesNoClassHidesNoOther() throws IOException {
        var providers = providers("two words", Good.class.getName());
        assertThat(providers).extracting(BackendProvider::id).containsExactly("good", "unknown");
    }

    @Test
    void aProviderOfAnotherEditionIsUnavailableWithTheCure() throws IOException {
        var providers = providers(Old.class.getName(), Good.class.getName(), Coming.class.getName());
        assertThat(providers).extracting(BackendProvider::id).containsExactly("good", "coming", "old");
        assertThat(providers.get(2).probe())
                .isEqualTo(new Availability.Unavailable(
                        "it implements edition 1 of the specification, and this is edition 2",
                        "install a version of it for edition 2"));
        assertThat(providers.get(1).probe())
                .isInstanceOfSatisfying(
                        Availability.Unavailable.class,
                        why -> assertThat(why.cure()).isEqualTo("install the version of ArkVale for edition 3"));
        assertThatThrownBy(() -> providers.get(2).create(Map.of()))
                .isInstanceOf(BackendUnavailableException.class)
                .hasMessageContaining("edition 1");
    }

    /** The provider of an id, where each of the lines is a file of services of its own. */
    private BackendProvider provider(String id, String... lines) throws IOException {
        return found(() -> Backends.provider(id), lines);
    }

    /** The providers that are found where each of the lines is a file of services of its own. */
    private List<BackendProvider> providers(String... lines) throws IOException {
        return found(Backends::providers, lines);
    }

    private <T> T found(Supplier<T> call, String... lines) throws IOException {
        var roots = new URL[lines.length];
        for (var i = 0; i < lines.length; i++) {
            var root = Files.createDirectories(directory.resolve("jar" + i));
            var services = Files.createDirectories(root.resolve("META-INF/services"));
            Files.writeString(services.resolve(BackendProvider.class.getName()), lines[i] + "\n");
            roots[i] = root.toUri().toURL();
        }
        try (var loader = new URLClassLoader(roots, getClass().getClassLoader())) {
            return with(loader, call);
        }
    }

    private static <T> T with(ClassLoader loader, Supplier<T> look) {
        var thread = Thread.currentThread();
        var before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            return look.get();
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** A class that has nothing to do with backends. */
    public static final class NoProvider {}

    /** A provider that says nothing about its edition. */
    public static class Old implements BackendProvider {
        @Override
        public String id() {
            return "old";
        }

        @Override
        public int rank() {
            return 1;
        }

        @Override
        public List<BackendOption> options() {
            return List.of();
        }

        @Override
        public Availability probe() {
            return new Availability.Available("a device");
        }

        @Override
        public Backend create(Map<String, String> options) {
            throw new UnsupportedOperationException();
        }
    }

    /** A provider of this edition. */
    public static final class Good extends Old {
        @Override
        public String id() {
            return "good";
        }

        @Override
        public int edition() {
            return 2;
        }
    }

    /** A provider of the edition after this. */
    public static final class Coming extends Old {
        @Override
        public String id() {
            return "coming";
        }

        @Override
        public int edition() {
            return 3;
        }
    }

    /** A provider that fails when it is made. */
    public static final class Failing extends Old {
        public Failing() {
            throw new IllegalStateException("no such library");
        }
    }
}
