package io.arkvale.core;

import io.arkvale.api.BackendOption;
import io.arkvale.api.BackendProvider;
import java.util.List;

/** A provider of a backend over the core, which implements the second edition of the specification. */
public abstract class CoreProvider implements BackendProvider {
    private final String id;
    private final int rank;
    private final List<BackendOption> options;

    /**
     * Says what {@link #id}, {@link #rank} and {@link #options} answer.
     *
     * @param rank negative for a backend that is never chosen by itself
     */
    protected CoreProvider(String id, int rank, List<BackendOption> options) {
        this.id = id;
        this.rank = rank;
        this.options = options;
    }

    @Override
    public final int edition() {
        return 2;
    }

    @Override
    public final String id() {
        return id;
    }

    @Override
    public final int rank() {
        return rank;
    }

    @Override
    public final List<BackendOption> options() {
        return options;
    }
}
