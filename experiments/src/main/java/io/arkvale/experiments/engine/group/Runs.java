package io.arkvale.experiments.engine.group;

import io.arkvale.experiments.engine.Machine;
import io.arkvale.experiments.engine.context.Context;
import io.arkvale.experiments.engine.context.SharedTokens;
import io.arkvale.experiments.plan.RunSpec;
import io.arkvale.experiments.result.Fidelity;
import io.arkvale.experiments.result.Usage;
import io.arkvale.llama.attention.DecodeAttention;
import io.arkvale.llama.attention.DecodeRows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Several runs that continue one context, each under its own policy and budget, step by step together. Where a step's
 * queries, keys and values come from is up to the caller.
 */
public final class Runs implements AutoCloseable {
    private final Machine machine;
    private final Context context;
    private final List<RunSpec> specs;
    private final List<RunGroup> groups = new ArrayList<>();
    /** The row of each run: rows go by group, runs by the caller's order. */
    private final int[] rowOf;
    /** Which run of which group each run is. */
    private final List<Place> places;

    private record Place(RunGroup group, int member) {}

    private final List<FidelityProbe> probes;

    private int position;

    /**
     * Hands the context over to every run.
     *
     * @param moreTokens most tokens that will follow the context
     * @param compared whether they are compared with full attention, which keeps a copy of all they have seen
     */
    public Runs(Machine machine, Context context, List<RunSpec> specs, int moreTokens, boolean compared) {
        this.machine = machine;
        this.context = context;
        this.specs = specs;
        position = context.tokens();
        rowOf = new int[specs.size()];
        var members = new LinkedHashMap<Object, List<Integer>>();
        for (int run = 0; run < specs.size(); run++) {
            members.computeIfAbsent(kind(specs.get(run)), kind -> new ArrayList<>())
                    .add(run);
        }
        var shared = new SharedTokens(context, machine.kernels().matrix());
        probes = (compared ? specs : List.<RunSpec>of())
                .stream()
                        .map(run -> new FidelityProbe(run, context, shared, machine.kernels()))
                        .toList();
        var placed = new Place[specs.size()];
        try {
            var row = 0;
            for (var indices : members.values()) {
                var group = group(indices.stream().map(specs::get).toList(), shared, moreTokens);
                groups.add(group);
                for (int member = 0; member < indices.size(); member++) {
                    placed[indices.get(member)] = new Place(group, member);
                    rowOf[indices.get(member)] = row++;
                }
            }
        } catch (Throwable failure) {
            close();
            throw failure;
        }
        places = List.of(placed);
    }

    private RunGroup group(List<RunSpec> members, SharedTokens shared, int moreTokens) {
        if (members.getFirst().onCache().isPresent()) {
            return new CacheGroup(machine.requireBackend(), context, members, moreTokens);
        }
        return new PolicyGroup(context, members, shared, machine);
    }

    /** Runs of one kind share a group: a cache of one specification, or the engine. */
    private static Object kind(RunSpec run) {
        return run.onCache()
                .map(cache -> cache.cacheKey(run.choice().settings()))
                .orElse("engine");
    }

    public int size() {
        return specs.size();
    }

    /** Where the next tokens stand. */
    public int position() {
        return position;
    }

    /** The row of a run in the steps. */
    public int row(int run) {
        return rowOf[run];
    }

    /**
     * Begins a step in which each run grows by a token.
     *
     * @param tokens one per row
     */
    public DecodeAttention.Pass step(int[] tokens) {
        return new Pass(tokens);
    }

    /** The tokens that a query head of a run attended to in a limited layer in the last step, in no particular order. */
    public int[] attended(int run, int layer, int queryHead) {
        return places.get(run).group().attended(places.get(run).member(), layer, queryHead);
    }

    /** The tokens that a KV head of a run holds on the device in a limited layer, in no particular order. */
    public int[] held(int run, int layer, int kvHead) {
        return places.get(run).group().held(places.get(run).member(), layer, kvHead);
    }

    /** What each run has used so far. */
    public List<Usage> usage() {
        return places.stream().map(place -> place.group().usage(place.member())).toList();
    }

    /** Bytes that backups hold now, of all runs together. */
    public long backupBytes() {
        return groups.stream().mapToLong(RunGroup::backupBytes).sum();
    }

    /** How near each run came to full attention so far; nothing if they are not compared. */
    public List<Fidelity> fidelity() {
        return probes.stream().map(FidelityProbe::fidelity).toList();
    }

    @Override
    public void close() {
        groups.forEach(RunGroup::close);
    }

    /** One step of all groups. */
    private final class Pass implements DecodeAttention.Pass {
        Pass(int[] tokens) {
            var row = 0;
            for (var group : groups) {
                group.begin(Arrays.copyOfRange(tokens, row, row + group.size()));
                row += group.size();
            }
        }

        @Override
        public int[] prefetchDistances() {
            return groups.stream()
                    .mapToInt(RunGroup::prefetchDistance)
                    .filter(distance -> distance > 0)
                    .distinct()
                    .sorted()
                    .toArray();
        }

        @Override
        public void prefetch(int layer, int distance, float[] queries) {
            var row = 0;
            for (var group : groups) {
                if (group.prefetchDistance() == distance) {
                    group.prefetch(layer, row, queries);
                }
                row += group.size();
            }
        }

        @Override
        public void attend(int layer, DecodeRows rows, float[] output) {
            var row = 0;
            for (var group : groups) {
                group.attend(layer, row, rows, output);
                row += group.size();
            }
            if (!probes.isEmpty()) {
                compare(layer, rows, output);
            }
        }

        private void compare(int layer, DecodeRows rows, float[] output) {
            var due = (position - context.tokens() + 1) % FidelityProbe.EVERY == 0;
            // Asked for by one thread, since a cache has one.
            var attended = IntStream.range(0, due ? specs.size() : 0)
                    .mapToObj(run -> attended(run, layer))
                    .toList();
            machine.pool().forEach(probes.size(), (run, worker) -> {
                var probe = probes.get(run);
                probe.take(layer, rowOf[run], rows);
                if (due) {
                    probe.compare(layer, rowOf[run], rows, output, attended.get(run));
                }
            });
        }

        /** What a run's query heads attended to; empty where the layer is dense. */
        private int[][] attended(int run, int layer) {
            var queryHeads = specs.get(run).isDense(layer) ? 0 : context.shape().queryHeads();
            return IntStream.range(0, queryHeads)
                    .mapToObj(head -> Runs.this.attended(run, layer, head))
                    .toArray(int[][]::new);
        }

        @Override
        public void commit() {
            groups.forEach(RunGroup::end);
            position++;
        }

        @Override
        public void close() {}
    }
}
