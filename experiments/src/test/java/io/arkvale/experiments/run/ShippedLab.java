package io.arkvale.experiments.run;

import io.arkvale.api.Backend;
import io.arkvale.api.Backends;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The shipped model over the cpu backend, for all tests of a class: a static field with {@code @RegisterExtension}. */
public final class ShippedLab implements BeforeAllCallback, AfterAllCallback {
    private @Nullable ShippedModel model;
    private @Nullable Backend backend;
    private @Nullable Lab lab;

    @Override
    public void beforeAll(ExtensionContext context) {
        var opened = new ShippedModel();
        model = opened;
        backend = Backends.create("cpu", Map.of());
        lab = opened.lab(backend);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        backend().close();
        Objects.requireNonNull(model).close();
    }

    public Lab lab() {
        return Objects.requireNonNull(lab);
    }

    public Backend backend() {
        return Objects.requireNonNull(backend);
    }
}
