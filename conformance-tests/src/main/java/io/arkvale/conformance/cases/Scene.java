package io.arkvale.conformance.cases;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.SequenceSpec;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A generated case of most properties: sequences of one shape that are prefilled and then decode.
 *
 * @param shape shape of the cache
 * @param settings settings, one per sequence
 * @param prompts tokens of each sequence's prompt, at least 1
 * @param steps decode steps that follow
 * @param chunk most tokens per prefill chunk
 * @param kind kind of numbers
 * @param seed seed of the numbers
 */
public record Scene(
        Shape shape,
        List<SequenceSpec> settings,
        List<Integer> prompts,
        int steps,
        int chunk,
        DataKind kind,
        long seed) {
    /** A cache specification with exactly the room that the sequences need, {@code copies} times. */
    public CacheSpec cache(int copies) {
        var builder = shape.cache();
        for (var i = 0; i < settings.size(); i++) {
            builder.roomFor(settings.get(i), prompts.get(i) + steps, copies);
        }
        return builder.build();
    }

    /** The same with other settings. */
    public Scene settings(UnaryOperator<SequenceSpec> change) {
        return new Scene(shape, settings.stream().map(change).toList(), prompts, steps, chunk, kind, seed);
    }

    /** The same with other prompts. */
    public Scene prompts(List<Integer> prompts) {
        return new Scene(shape, settings, prompts, steps, chunk, kind, seed);
    }

    /** The same with another number of decode steps. */
    public Scene steps(int steps) {
        return new Scene(shape, settings, prompts, steps, chunk, kind, seed);
    }

    /** The same with other numbers. */
    public Scene kind(DataKind kind) {
        return new Scene(shape, settings, prompts, steps, chunk, kind, seed);
    }

    /** The same in another shape. */
    public Scene shape(Shape shape) {
        return new Scene(shape, settings, prompts, steps, chunk, kind, seed);
    }

    /** One of the sequences alone. */
    public Scene only(int member) {
        return new Scene(shape, List.of(settings.get(member)), List.of(prompts.get(member)), steps, chunk, kind, seed);
    }

    /** Where the numbers of a cache come from. */
    public Inputs inputs(CacheSpec cache) {
        return new Inputs(cache, kind, seed);
    }
}
