package io.arkvale.serving;

import io.arkvale.api.Batch;
import io.arkvale.api.Batch.Role;
import io.arkvale.api.CapacityException;
import io.arkvale.api.KvCache;
import io.arkvale.api.Step;
import io.arkvale.api.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;

/** A cache that goes wrong by plan: it refuses memory and steps, its tensors turn into NaN on their way, and its calls are slow. */
final class Faults {
    private static final Set<String> TAKE_MEMORY = Set.of("begin", "fork", "allocate");

    private Faults() {}

    /** When to go wrong. */
    interface Plan {
        /** Whether the next step finds no room. */
        default boolean refuses() {
            return false;
        }

        /** Whether there is no memory for the next sequence, fork or tensor. */
        default boolean refusesMemory() {
            return false;
        }

        /** By how many milliseconds the next layer of a step is late, as it is when a disk is slow. */
        default int isLateBy() {
            return 0;
        }

        /** Whether the value of a member's first token is spoilt: of one whose sequence has so many tokens before the step. */
        default boolean spoils(int length, boolean decodes) {
            return false;
        }
    }

    static KvCache over(KvCache cache, Plan plan) {
        return proxy(KvCache.class, (proxy, method, arguments) -> {
            var name = method.getName();
            if (name.equals("step") && plan.refuses()) {
                throw new CapacityException("device slots", 1, 0);
            }
            if (TAKE_MEMORY.contains(name) && plan.refusesMemory()) {
                throw new CapacityException("bytes of device memory", 1, 0);
            }
            return name.equals("step") ? step(cache.step((Batch) arguments[0]), plan) : pass(cache, method, arguments);
        });
    }

    private static Step step(Step step, Plan plan) {
        return proxy(Step.class, (proxy, method, arguments) -> {
            if (method.getName().equals("forward")) {
                Thread.sleep(plan.isLateBy());
                if ((int) arguments[0] == 0) {
                    spoil(step.batch(), (Tensor) arguments[3], plan);
                }
            }
            return pass(step, method, arguments);
        });
    }

    private static void spoil(Batch batch, Tensor values, Plan plan) {
        int row = 0;
        for (var entry : batch.entries()) {
            int before = entry.sequence().length() - entry.tokens();
            if (plan.spoils(before, entry.role() == Role.DECODE)) {
                var wrong = new float[(int) values.rowBytes() / Float.BYTES];
                Arrays.fill(wrong, Float.NaN);
                values.copyFrom(row, 1, MemorySegment.ofArray(wrong));
            }
            row += entry.tokens();
        }
    }

    private static Object pass(Object target, java.lang.reflect.Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw Objects.requireNonNull(e.getCause());
        }
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
