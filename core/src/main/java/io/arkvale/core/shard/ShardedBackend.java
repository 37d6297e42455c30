package io.arkvale.core.shard;

import io.arkvale.api.Backend;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.Capabilities;
import io.arkvale.api.Capabilities.Feature;
import io.arkvale.api.InvalidArgumentException;
import io.arkvale.core.CacheBackend;
import io.arkvale.core.CheckedCache;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A backend whose caches are spread over several others, each of which has some of the head groups. A cache of fewer groups
 * than there are backends uses as many of them as it has groups, the first ones. Every pool is divided as the groups are.
 */
public final class ShardedBackend extends CacheBackend {
    private final List<Backend> backends;

    /**
     * Over backends that it owns from now on: closing it closes them.
     *
     * @param checksImmediately whether a value that is not finite is an error at the call that brings it; the backends'
     *     own checks are deferred
     * @throws InvalidArgumentException if there is none, or they are not of one kind
     */
    public ShardedBackend(String id, List<Backend> backends, boolean checksImmediately) {
        super(id, names(backends), common(backends), checksImmediately);
        this.backends = List.copyOf(backends);
    }

    private static String names(List<Backend> backends) {
        return backends.stream().map(Backend::device).collect(Collectors.joining(" and "));
    }

    /**
     * What all of them declare. Its tensors lie in host memory, and a step over several devices waits for the host. Which pages
     * are scored follows from all groups of a layer, so shards know it only where these have one budget.
     */
    private static Capabilities common(List<Backend> backends) {
        if (backends.isEmpty()) {
            throw new InvalidArgumentException("there is no backend to spread head groups over; allowed: one or more");
        }
        var first = backends.getFirst();
        for (var other : backends) {
            if (!other.id().equals(first.id())) {
                throw new InvalidArgumentException("head groups are spread over '" + first.id() + "' and '" + other.id()
                        + "'; allowed: backends of one kind, which have the same limits");
            }
            var rows = other.capabilities();
            if (!rows.keyBound().equals(first.capabilities().keyBound())
                    || !rows.valueBound().equals(first.capabilities().valueBound())) {
                throw new InvalidArgumentException(
                        "head groups are spread over backends that store keys and values in other forms;"
                                + " allowed: the same form on each");
            }
        }
        return first.capabilities().toBuilder()
                .without(Feature.DEVICE_TENSORS, Feature.RECALL_WITHOUT_HOST, Feature.GROUP_BUDGETS)
                .features(Feature.HOST_TENSORS)
                .tensorAlignment(1)
                .build();
    }

    @Override
    protected CheckedCache<?, ?> doOpen(CacheSpec spec) {
        return new ShardedCache(this, spec, backends);
    }

    @Override
    protected void doClose() {
        RuntimeException failure = null;
        for (var backend : backends) {
            try {
                backend.close();
            } catch (RuntimeException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
