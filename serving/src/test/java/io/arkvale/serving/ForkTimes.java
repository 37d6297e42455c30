package io.arkvale.serving;

import io.arkvale.api.KvCache;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** Times the forks that an engine makes, on its thread. */
final class ForkTimes {
    private static final double NANOS_PER_MILLISECOND = 1e6;

    private final List<Long> nanos = new ArrayList<>();

    /** A cache whose forks are timed. */
    KvCache over(KvCache cache) {
        return (KvCache) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {KvCache.class}, (proxy, method, arguments) -> {
                    long began = System.nanoTime();
                    try {
                        return method.invoke(cache, arguments);
                    } catch (InvocationTargetException e) {
                        throw Objects.requireNonNull(e.getCause());
                    } finally {
                        if (method.getName().equals("fork")) {
                            add(System.nanoTime() - began);
                        }
                    }
                });
    }

    private synchronized void add(long took) {
        nanos.add(took);
    }

    synchronized int count() {
        return nanos.size();
    }

    @Override
    public synchronized String toString() {
        var sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
        return String.format(
                Locale.ROOT,
                "median %.3f ms, worst %.3f ms",
                sorted[sorted.length / 2] / NANOS_PER_MILLISECOND,
                sorted[sorted.length - 1] / NANOS_PER_MILLISECOND);
    }
}
