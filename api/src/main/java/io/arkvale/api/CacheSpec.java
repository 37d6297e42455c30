package io.arkvale.api;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What memory needs to know: the model's shape, the page, and the size of the pools. Everything an algorithm may vary
 * from sequence to sequence is in {@link SequenceSpec}.
 *
 * <p>Pools are counted in <em>slots</em>. A slot holds one <em>group page</em>, the unit of residence, backup and
 * recall: keys and values of {@code pageSize} tokens for the KV heads of one head group of one layer, one contiguous
 * run of {@link KvCache#slotBytes()} bytes.
 *
 * @param layers transformer layers, at least 1
 * @param queryHeads query heads, a multiple of {@code kvHeads}
 * @param kvHeads key-value heads, at least 1
 * @param headDim elements of a head, at least 1
 * @param elementType type of stored keys and values and of every query, key, value and output tensor
 * @param pageSize tokens per page, at least 1 (paper: 32)
 * @param headGroups groups of contiguous KV heads that choose their pages together; divides {@code kvHeads}. 1 is one
 *     choice per layer, {@code kvHeads} one choice per KV head
 * @param deviceSlots slots of device memory, shared by all layers, groups and sequences, at least 1
 * @param hostSlots slots of host memory for backups, at least 0
 * @param diskSlots slots on disk for backups that host memory has no room for, at least 0
 * @param diskDirectory existing directory for the disk tier; given exactly if {@code diskSlots} is above 0. Files in it
 *     are removed when the cache closes
 * @param attentionScale factor of every product of a query and a key before the softmax, above 0; {@code 1/√headDim} for most
 *     models
 * @param windows tokens that a query attends to, itself counted, by layer: at position {@code t} those after {@code t − window};
 *     {@link #NO_WINDOW} for a layer that attends to all. Empty if no layer has a window
 */
public record CacheSpec(
        int layers,
        int queryHeads,
        int kvHeads,
        int headDim,
        ElementType elementType,
        int pageSize,
        int headGroups,
        long deviceSlots,
        long hostSlots,
        long diskSlots,
        @Nullable Path diskDirectory,
        double attentionScale,
        List<Integer> windows) {

    /** Window of a layer that attends to everything before it. */
    public static final int NO_WINDOW = Integer.MAX_VALUE;

    /** The same with the usual scale, {@code 1/√headDim}, and without windows. */
    public CacheSpec(
            int layers,
            int queryHeads,
            int kvHeads,
            int headDim,
            ElementType elementType,
            int pageSize,
            int headGroups,
            long deviceSlots,
            long hostSlots,
            long diskSlots,
            @Nullable Path diskDirectory) {
        this(
                layers,
                queryHeads,
                kvHeads,
                headDim,
                elementType,
                pageSize,
                headGroups,
                deviceSlots,
                hostSlots,
                diskSlots,
                diskDirectory,
                usualScale(headDim),
                List.of());
    }

    /**
     * Checks every field.
     *
     * @throws InvalidArgumentException naming the field, its value and the allowed range
     */
    public CacheSpec {
        Checks.range("layers", layers, 1, Short.MAX_VALUE);
        Checks.range("kvHeads", kvHeads, 1, Short.MAX_VALUE);
        Checks.range("queryHeads", queryHeads, kvHeads, Short.MAX_VALUE);
        Checks.multiple("queryHeads", queryHeads, "kvHeads", kvHeads);
        Checks.range("headDim", headDim, 1, Short.MAX_VALUE);
        Checks.range("pageSize", pageSize, 1, Short.MAX_VALUE);
        Checks.range("headGroups", headGroups, 1, kvHeads);
        Checks.multiple("kvHeads", kvHeads, "headGroups", headGroups);
        var slotBytes = slotBytes(kvHeads / headGroups, headDim, pageSize, elementType);
        var mostSlots = Long.MAX_VALUE / slotBytes;
        Checks.range("deviceSlots", deviceSlots, 1, mostSlots);
        Checks.range("hostSlots", hostSlots, 0, mostSlots);
        Checks.range("diskSlots", diskSlots, 0, mostSlots);
        if (diskSlots > 0 && diskDirectory == null) {
            throw new InvalidArgumentException(
                    "diskSlots is " + diskSlots + " but diskDirectory is missing; name an existing directory");
        }
        if (diskSlots == 0 && diskDirectory != null) {
            throw new InvalidArgumentException("diskDirectory is " + diskDirectory
                    + " but diskSlots is 0; give at least 1 or leave the directory out");
        }
        if (!(attentionScale > 0 && attentionScale < Double.POSITIVE_INFINITY)) {
            throw new InvalidArgumentException(
                    "attentionScale is " + attentionScale + "; allowed: above 0, finite, usually 1/√headDim");
        }
        windows = windows.stream().allMatch(window -> window == NO_WINDOW) ? List.of() : List.copyOf(windows);
        if (!windows.isEmpty()) {
            Checks.range("windows", windows.size(), layers, layers);
        }
        for (int layer = 0; layer < windows.size(); layer++) {
            Checks.range("window of layer " + layer, windows.get(layer), 1, NO_WINDOW);
        }
    }

    private static double usualScale(int headDim) {
        return 1 / Math.sqrt(Math.max(1, headDim)); // a headDim below 1 is refused by its own name
    }

    /** Whether attention is scaled by {@code 1/√headDim}. */
    public boolean hasUsualScale() {
        return attentionScale == usualScale(headDim);
    }

    /** Whether any layer has a window. */
    public boolean hasWindows() {
        return !windows.isEmpty();
    }

    /** Whether the queries of a layer attend to their last tokens alone. */
    public boolean hasWindow(int layer) {
        return window(layer) != NO_WINDOW;
    }

    /** Tokens that a query of a layer attends to, itself counted, or {@link #NO_WINDOW}. */
    public int window(int layer) {
        return windows.isEmpty() ? NO_WINDOW : windows.get(layer);
    }

    /** Query heads that share one KV head. */
    public int queryHeadsPerKvHead() {
        return queryHeads / kvHeads;
    }

    /** KV heads of one head group. */
    public int kvHeadsPerGroup() {
        return kvHeads / headGroups;
    }

    /** Query heads of one head group. */
    public int queryHeadsPerGroup() {
        return queryHeads / headGroups;
    }

    /**
     * Bytes of one group page in the cache's element type: keys and values. A device with a layout of its own uses its
     * {@code Storage.slotBytes} instead; {@link KvCache#slotBytes} says which it is.
     */
    public long slotBytes() {
        return slotBytes(kvHeadsPerGroup(), headDim, pageSize, elementType);
    }

    /** Pages of a sequence of {@code tokens} tokens, the last one counted, full or not. */
    public int pages(int tokens) {
        return Math.ceilDiv(tokens, pageSize);
    }

    private static long slotBytes(int kvHeadsPerGroup, int headDim, int pageSize, ElementType elementType) {
        return Math.multiplyExact(2L * elementType.bytes() * pageSize, (long) kvHeadsPerGroup * headDim);
    }

    /** Starts a specification of the given model shape with page size 32, one head group, F32 and empty pools. */
    public static Builder builder(int layers, int queryHeads, int kvHeads, int headDim) {
        return new Builder(layers, queryHeads, kvHeads, headDim);
    }

    /** Collects the fields of a {@link CacheSpec}; {@link #build()} validates them. */
    public static final class Builder {
        private final int layers;
        private final int queryHeads;
        private final int kvHeads;
        private final int headDim;
        private ElementType elementType = ElementType.F32;
        private int pageSize = 32;
        private int headGroups = 1;
        private long deviceSlots;
        private long hostSlots;
        private long diskSlots;
        private @Nullable Path diskDirectory;
        private double attentionScale;
        private final List<Integer> windows = new ArrayList<>();
        private final List<Guests> guests = new ArrayList<>();

        private Builder(int layers, int queryHeads, int kvHeads, int headDim) {
            this.layers = layers;
            this.queryHeads = queryHeads;
            this.kvHeads = kvHeads;
            this.headDim = headDim;
            attentionScale = usualScale(headDim);
        }

        /** Sets the factor of products of queries and keys before the softmax; {@code 1/√headDim} if not called. */
        public Builder attentionScale(double attentionScale) {
            this.attentionScale = attentionScale;
            return this;
        }

        /** Gives every layer a window: its queries attend to so many tokens, themselves counted. */
        public Builder window(int tokens) {
            windows.clear();
            windows.addAll(Collections.nCopies(layers, tokens));
            return this;
        }

        /**
         * Gives one layer a window.
         *
         * @param tokens that its queries attend to, themselves counted, or {@link CacheSpec#NO_WINDOW}
         * @throws InvalidArgumentException if there is no such layer
         */
        public Builder window(int layer, int tokens) {
            Checks.range("layer", layer, 0, layers - 1);
            if (windows.isEmpty()) {
                windows.addAll(Collections.nCopies(layers, NO_WINDOW));
            }
            windows.set(layer, tokens);
            return this;
        }

        /** Sets the element type; F32 if not called. */
        public Builder elementType(ElementType elementType) {
            this.elementType = elementType;
            return this;
        }

        /** Sets the tokens per page; 32 if not called. */
        public Builder pageSize(int pageSize) {
            this.pageSize = pageSize;
            return this;
        }

        /** Sets the number of head groups; 1 if not called. */
        public Builder headGroups(int headGroups) {
            this.headGroups = headGroups;
            return this;
        }

        /** Sets the device pool, in slots. */
        public Builder deviceSlots(long deviceSlots) {
            this.deviceSlots = deviceSlots;
            return this;
        }

        /** Sets the host pool for backups, in slots. */
        public Builder hostSlots(long hostSlots) {
            this.hostSlots = hostSlots;
            return this;
        }

        /** Adds a disk tier of the given slots in an existing directory. */
        public Builder disk(long diskSlots, Path diskDirectory) {
            this.diskSlots = diskSlots;
            this.diskDirectory = diskDirectory;
            return this;
        }

        /**
         * Enlarges the device and host pools by what {@code sequences} sequences of the given settings need to reach
         * {@code tokens} tokens each. {@link #build} counts the slots, so page size, head groups and windows may be set
         * later.
         *
         * @throws InvalidArgumentException if {@code tokens} or {@code sequences} is negative
         */
        public Builder roomFor(SequenceSpec sequence, int tokens, int sequences) {
            return roomFor(sequence, tokens, sequences, tokens);
        }

        /**
         * As {@link #roomFor(SequenceSpec, int, int)}, where no step brings more than {@code stepTokens} tokens to a
         * sequence. A layer with a window then holds its window and the tokens of one step, and a layer with a budget
         * holds its budget and the tokens of one step.
         */
        public Builder roomFor(SequenceSpec sequence, int tokens, int sequences, int stepTokens) {
            guests.add(new Guests(sequence, tokens, sequences, stepTokens, false));
            return this;
        }

        /**
         * As {@link #roomFor(SequenceSpec, int, int)}, for sequences whose prompts span steps and evict nothing before they end
         * ({@link Batch.Role#PROMPT}).
         */
        public Builder roomForOpenPrompts(SequenceSpec sequence, int tokens, int sequences) {
            return roomForOpenPrompts(sequence, tokens, sequences, tokens);
        }

        /**
         * As {@link #roomForOpenPrompts(SequenceSpec, int, int)}, where no step brings more than {@code stepTokens}
         * tokens to a sequence.
         */
        public Builder roomForOpenPrompts(SequenceSpec sequence, int tokens, int sequences, int stepTokens) {
            guests.add(new Guests(sequence, tokens, sequences, stepTokens, true));
            return this;
        }

        private record Guests(SequenceSpec settings, int tokens, int sequences, int stepTokens, boolean openPrompts) {
            Guests {
                Checks.range("tokens", tokens, 0, Integer.MAX_VALUE);
                Checks.range("sequences", sequences, 0, Integer.MAX_VALUE);
                Checks.range("stepTokens", stepTokens, 0, Integer.MAX_VALUE);
            }

            SlotNeed need(CacheSpec cache) {
                return openPrompts
                        ? SlotNeed.ofOpenPrompt(cache, settings, tokens, stepTokens)
                        : SlotNeed.of(cache, settings, tokens, stepTokens);
            }
        }

        /**
         * The validated specification.
         *
         * @throws InvalidArgumentException naming the field, its value and the allowed range
         */
        public CacheSpec build() {
            long device = deviceSlots;
            long host = hostSlots;
            var shape = specification(1, 0, 0, null);
            for (var some : guests) {
                some.settings().requirePageSize(pageSize);
                var need = some.need(shape);
                device = Math.addExact(device, Math.multiplyExact(need.device(), (long) some.sequences()));
                host = Math.addExact(host, Math.multiplyExact(need.backup(), (long) some.sequences()));
            }
            return specification(device, host, diskSlots, diskDirectory);
        }

        private CacheSpec specification(long device, long host, long disk, @Nullable Path directory) {
            return new CacheSpec(
                    layers,
                    queryHeads,
                    kvHeads,
                    headDim,
                    elementType,
                    pageSize,
                    headGroups,
                    device,
                    host,
                    disk,
                    directory,
                    attentionScale,
                    windows);
        }
    }
}
