package io.arkvale.api;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a backend declares it can do. Within it everything works. Outside it {@link Backend#open} and
 * {@link KvCache#begin} raise {@link UnsupportedSpecException}, a call of a feature that is not declared raises
 * {@link UnsupportedFeatureException}, and conformance tests are skipped with that reason.
 *
 * <p>Made by {@link #builder}. What a builder is not told is not supported, so that a provider written before a feature
 * was added does not claim it.
 */
public final class Capabilities {
    private final Set<ElementType> elementTypes;
    private final SizeRange headDims;
    private final SizeRange pageSizes;
    private final SizeRange queryHeadsPerKvHead;
    private final Set<Digest> digests;
    private final List<DigestRange> digestRanges;
    private final Set<GroupScore> groupScores;
    private final Set<Scope> scopes;
    private final Set<Feature> features;
    private final RowBound keyBound;
    private final RowBound valueBound;
    private final int tensorAlignment;
    private final Map<Unit, SortedSet<Integer>> blockSizes;

    private Capabilities(Builder builder) {
        elementTypes = unmodifiable(builder.elementTypes);
        headDims = builder.headDims;
        pageSizes = builder.pageSizes;
        queryHeadsPerKvHead = builder.queryHeadsPerKvHead;
        digests = Collections.unmodifiableSet(new LinkedHashSet<>(builder.digests));
        digestRanges = List.copyOf(builder.digestRanges);
        groupScores = unmodifiable(builder.groupScores);
        scopes = unmodifiable(builder.scopes);
        features = unmodifiable(builder.features);
        keyBound = builder.keyBound;
        valueBound = builder.valueBound;
        tensorAlignment = builder.tensorAlignment;
        var sizes = new EnumMap<Unit, SortedSet<Integer>>(Unit.class);
        builder.blockSizes.forEach((unit, some) -> sizes.put(unit, Collections.unmodifiableSortedSet(some)));
        blockSizes = Collections.unmodifiableMap(sizes);
    }

    /** The set, in the order of its enumeration, so that messages read the same on every run. */
    private static <E extends Enum<E>> Set<E> unmodifiable(EnumSet<E> set) {
        return Collections.unmodifiableSet(EnumSet.copyOf(set));
    }

    /** What a backend may have or lack, one by one. */
    public enum Feature {
        /** More than one head group in a cache. */
        HEAD_GROUPS("more than one head group"),
        /** {@link Step#select(int, Tensor)}. */
        OWN_SCORES("select with the caller's own scores"),
        /** {@link KvCache#fork}. */
        FORKS("forks"),
        /** {@link Step#prefetch}. */
        PREFETCH("prefetch"),
        /** {@link Step#forward}: batches whose members have roles. */
        MIXED_STEPS("steps whose members have roles"),
        /** {@link KvCache#truncate} and {@link Step#commit(int...)}. */
        TRUNCATION("taking tokens back"),
        /** {@link KvCache#fork(Sequence, int, SequenceSpec)}. */
        FORK_SETTINGS("forks at a length, with settings of their own"),
        /** Begin, fork, truncate and closing of other sequences while a step is open. */
        BESIDE_STEPS("calls for other sequences beside an open step"),
        /** {@link CacheSpec#attentionScale()} other than {@code 1/√headDim}. */
        ATTENTION_SCALE("attention scales other than 1/√headDim"),
        /** {@link CacheSpec#windows()}: layers whose queries attend to their last tokens alone. */
        LAYER_WINDOWS("windows by layer"),
        /** {@link SequenceSpec#layerBudgets()} of whole layers. */
        LAYER_BUDGETS("budgets by layer"),
        /** {@link SequenceSpec#layerBudgets()} of head groups. */
        GROUP_BUDGETS("budgets by head group"),
        /** {@link KvCache#wrap} of host memory. */
        HOST_TENSORS("tensors over memory of the caller's"),
        /** {@link KvCache#wrap} of device memory, and {@link KvCache#queue}. */
        DEVICE_TENSORS("tensors over device memory of the caller's, and its queue"),
        /** Backups on disk: {@link CacheSpec#diskSlots()} above 0. */
        DISK_TIER("a disk tier"),
        /** The same calls give the same bits. */
        DETERMINISTIC("the same bits from the same calls"),
        /** A sequence's bits also do not depend on the batch's order and company, on forks and on the number of threads. */
        BATCH_INVARIANT("bits that do not depend on the batch"),
        /** A decode step runs without waiting for the host while all backups are in host memory. */
        RECALL_WITHOUT_HOST("recall without the host");

        private final String words;

        Feature(String words) {
            this.words = words;
        }

        /** What it is, in words that follow "this backend does not support". */
        public String words() {
            return words;
        }
    }

    /** What is counted in a {@linkplain Builder#blockSizes block size}. */
    public enum Unit {
        /** Pages of a sequence. */
        PAGES,
        /** Tokens of a sequence, or of a prefill chunk. */
        TOKENS,
        /** Query heads of a cache. */
        QUERY_HEADS,
        /** KV heads of a cache. */
        KV_HEADS,
        /** Head groups of a cache. */
        HEAD_GROUPS,
        /** Sequences of a batch. */
        SEQUENCES
    }

    /**
     * The multiples of {@code step} from {@code least} to {@code most}.
     *
     * @param least smallest value
     * @param most largest value
     * @param step distance of values, counted from 0
     */
    public record SizeRange(int least, int most, int step) {
        /** Every value from {@code least} to {@code most}. */
        public static SizeRange of(int least, int most) {
            return new SizeRange(least, most, 1);
        }

        /** Whether the value is in the range. */
        public boolean contains(int value) {
            return value >= least && value <= most && value % step == 0;
        }

        @Override
        public String toString() {
            return least + " to " + most + (step == 1 ? "" : ", multiples of " + step);
        }
    }

    /**
     * How far a stored row may lie from the row given. A row is the key or the value of one token and one KV head,
     * {@code headDim} elements. For every element {@code i}:
     * {@code |stored_i − given_i| ≤ relative · max_j |given_j| + absolute}. All else, digests, scores and attention, is
     * judged on the stored rows, which never change: on what {@link CacheView#copyResident} shows, so rounded to the element
     * type. A device that widens its rows must use these rounded numbers everywhere. One bound holds for all element types.
     *
     * <p>Storage of eight bits with one scale per row, {@code max / 127}, rounded to the nearest step, has
     * {@code relative = 1 / 254} and what rounding the scale and the result adds: with bfloat16 {@code 2^−8}, as much again.
     *
     * @param relative share of the largest magnitude of the row, at least 0 and below 1
     * @param absolute what is allowed besides, at least 0: what a scale that underflows loses, which in float32 rows below
     *     some {@code 10^−41} do
     */
    public record RowBound(double relative, double absolute) {
        /** Rows are stored bit for bit. */
        public static final RowBound EXACT = new RowBound(0, 0);

        /**
         * Checks both numbers.
         *
         * @throws InvalidArgumentException if one is outside its range
         */
        public RowBound {
            if (!(relative >= 0 && relative < 1)) {
                throw new InvalidArgumentException("relative is " + relative
                        + "; allowed: from 0 to less than 1, a share of the largest magnitude");
            }
            if (!(absolute >= 0 && absolute < Double.POSITIVE_INFINITY)) {
                throw new InvalidArgumentException("absolute is " + absolute + "; allowed: 0 or more, finite");
            }
        }

        /** Whether rows are stored bit for bit. */
        public boolean isExact() {
            return relative == 0 && absolute == 0;
        }

        /**
         * How far an element of a stored row may lie from the element given.
         *
         * @param largest largest magnitude of the row given
         */
        public double of(double largest) {
            return relative * largest + absolute;
        }
    }

    /** Element types of caches. */
    public Set<ElementType> elementTypes() {
        return elementTypes;
    }

    /** Elements of a head. */
    public SizeRange headDims() {
        return headDims;
    }

    /** Tokens per page. */
    public SizeRange pageSizes() {
        return pageSizes;
    }

    /** Query heads per KV head. */
    public SizeRange queryHeadsPerKvHead() {
        return queryHeadsPerKvHead;
    }

    /** Digests, named one by one, that sequences with a budget may have; {@link #digestRanges} has more. */
    public Set<Digest> digests() {
        return digests;
    }

    /** Ranges of digests that sequences with a budget may have. */
    public List<DigestRange> digestRanges() {
        return digestRanges;
    }

    /** Whether sequences with a budget may have a digest. */
    public boolean supports(Digest digest) {
        return digests.contains(digest) || digestRanges.stream().anyMatch(range -> range.contains(digest));
    }

    /** Group scores that sequences with a budget may have. */
    public Set<GroupScore> groupScores() {
        return groupScores;
    }

    /** Scopes that sequences with a budget may have. */
    public Set<Scope> scopes() {
        return scopes;
    }

    /** Features and properties. */
    public Set<Feature> features() {
        return features;
    }

    /** How far stored keys may lie from the keys given. */
    public RowBound keyBound() {
        return keyBound;
    }

    /** How far stored values may lie from the values given. */
    public RowBound valueBound() {
        return valueBound;
    }

    /**
     * What the address and the row stride of memory that is wrapped must be multiples of, in bytes, beside the size of an
     * element.
     */
    public int tensorAlignment() {
        return tensorAlignment;
    }

    /** Whether tensors may lie over memory of the caller's. */
    public boolean wrapsTensors() {
        return supports(Feature.HOST_TENSORS) || supports(Feature.DEVICE_TENSORS);
    }

    /** Sizes at which the backend's work is cut, ascending: the kit tries one less, exactly and one more of each. */
    public SortedSet<Integer> blockSizes(Unit unit) {
        return blockSizes.getOrDefault(unit, Collections.emptySortedSet());
    }

    /** Whether the feature is declared. */
    public boolean supports(Feature feature) {
        return features.contains(feature);
    }

    /** Whether sequences may have a budget. */
    public boolean supportsBudgets() {
        return !digests.isEmpty() || !digestRanges.isEmpty();
    }

    /**
     * Checks the specification of a cache against the declaration.
     *
     * @throws UnsupportedSpecException naming the field, its value and what is supported
     */
    public void require(CacheSpec spec) {
        require("elementType", spec.elementType(), elementTypes);
        require("headDim", spec.headDim(), headDims);
        require("pageSize", spec.pageSize(), pageSizes);
        require("queryHeads per KV head", spec.queryHeadsPerKvHead(), queryHeadsPerKvHead);
        if (spec.headGroups() > 1 && !supports(Feature.HEAD_GROUPS)) {
            throw new UnsupportedSpecException("headGroups is " + spec.headGroups() + "; this backend supports 1");
        }
        if (!spec.hasUsualScale() && !supports(Feature.ATTENTION_SCALE)) {
            throw new UnsupportedSpecException("attentionScale is " + spec.attentionScale()
                    + "; this backend supports 1/√headDim, here " + 1 / Math.sqrt(spec.headDim()));
        }
        for (int layer = 0; layer < spec.layers() && !supports(Feature.LAYER_WINDOWS); layer++) {
            if (spec.hasWindow(layer)) {
                throw new UnsupportedSpecException("layer " + layer + " has a window of " + spec.window(layer)
                        + " tokens; this backend supports layers without a window");
            }
        }
        if (spec.diskSlots() > 0 && !supports(Feature.DISK_TIER)) {
            throw new UnsupportedSpecException("diskSlots is " + spec.diskSlots() + "; this backend supports 0");
        }
    }

    /**
     * Checks the settings of a sequence against the declaration; those without a budget are always supported.
     *
     * @throws UnsupportedSpecException naming the field, its value and what is supported
     */
    public void require(SequenceSpec spec) {
        if (!spec.isLimited()) {
            return;
        }
        if (!supportsBudgets()) {
            throw new UnsupportedSpecException(
                    "budgetPages is " + spec.budgetPages() + "; this backend supports no budget");
        }
        for (var budget : spec.layerBudgets()) {
            if (!supports(budget.group() == LayerBudget.ALL_GROUPS ? Feature.LAYER_BUDGETS : Feature.GROUP_BUDGETS)) {
                throw new UnsupportedSpecException("the budget of " + budget.subject() + " is " + budget.budgetPages()
                        + " pages; this backend supports one budget for "
                        + (supports(Feature.LAYER_BUDGETS)
                                ? "all head groups of a layer"
                                : "all layers that are not dense"));
            }
        }
        if (!supports(spec.digest())) {
            throw new UnsupportedSpecException(
                    "digest is " + spec.digest() + "; this backend supports " + digestsInWords());
        }
        require("groupScore", spec.groupScore(), groupScores);
        require("scope", spec.scope(), scopes);
    }

    private String digestsInWords() {
        var words = new ArrayList<String>();
        if (!digests.isEmpty()) {
            words.add(digests.toString());
        }
        digestRanges.forEach(range -> words.add(range.toString()));
        return String.join(", and ", words);
    }

    /**
     * Checks a call against the declaration.
     *
     * @throws UnsupportedFeatureException if the feature is not declared
     */
    public void require(Feature feature) {
        if (!supports(feature)) {
            throw new UnsupportedFeatureException(feature);
        }
    }

    private static void require(String field, int value, SizeRange supported) {
        if (!supported.contains(value)) {
            throw new UnsupportedSpecException(field + " is " + value + "; this backend supports " + supported);
        }
    }

    private static <E> void require(String field, E value, Set<E> supported) {
        if (!supported.contains(value)) {
            throw new UnsupportedSpecException(field + " is " + value + "; this backend supports " + supported);
        }
    }

    /** Starts a declaration that supports nothing beside sequences without a budget in F32, of all sizes. */
    public static Builder builder() {
        return new Builder();
    }

    /** The largest block size that the kit straddles. */
    public static final int MOST_BLOCK_SIZE = 1024;

    /** Collects a declaration; what is not called keeps the value that {@link Capabilities#builder} names. */
    public static final class Builder {
        private EnumSet<ElementType> elementTypes = EnumSet.of(ElementType.F32);
        private SizeRange headDims = SizeRange.of(1, Short.MAX_VALUE);
        private SizeRange pageSizes = SizeRange.of(1, Short.MAX_VALUE);
        private SizeRange queryHeadsPerKvHead = SizeRange.of(1, Short.MAX_VALUE);
        private Set<Digest> digests = new LinkedHashSet<>();
        private final List<DigestRange> digestRanges = new ArrayList<>();
        private EnumSet<GroupScore> groupScores = EnumSet.of(GroupScore.MEAN);
        private EnumSet<Scope> scopes = EnumSet.of(Scope.ATTENDED);
        private final EnumSet<Feature> features = EnumSet.noneOf(Feature.class);
        private RowBound keyBound = RowBound.EXACT;
        private RowBound valueBound = RowBound.EXACT;
        private int tensorAlignment = 1;
        private final EnumMap<Unit, SortedSet<Integer>> blockSizes = new EnumMap<>(Unit.class);

        private Builder() {}

        private Builder(Capabilities from) {
            elementTypes = EnumSet.copyOf(from.elementTypes);
            headDims = from.headDims;
            pageSizes = from.pageSizes;
            queryHeadsPerKvHead = from.queryHeadsPerKvHead;
            digests.addAll(from.digests);
            digestRanges.addAll(from.digestRanges);
            groupScores = EnumSet.copyOf(from.groupScores);
            scopes = EnumSet.copyOf(from.scopes);
            features.addAll(from.features);
            keyBound = from.keyBound;
            valueBound = from.valueBound;
            tensorAlignment = from.tensorAlignment;
            from.blockSizes.forEach((unit, sizes) -> blockSizes.put(unit, new TreeSet<>(sizes)));
        }

        /** Sets the element types of caches; F32 if not called. */
        public Builder elementTypes(ElementType... elementTypes) {
            this.elementTypes = set(ElementType.class, elementTypes);
            return this;
        }

        /** Sets the elements of a head; all if not called. */
        public Builder headDims(SizeRange headDims) {
            this.headDims = headDims;
            return this;
        }

        /** Sets the tokens per page; all if not called. */
        public Builder pageSizes(SizeRange pageSizes) {
            this.pageSizes = pageSizes;
            return this;
        }

        /** Sets the query heads per KV head; all if not called. */
        public Builder queryHeadsPerKvHead(SizeRange queryHeadsPerKvHead) {
            this.queryHeadsPerKvHead = queryHeadsPerKvHead;
            return this;
        }

        /** Sets the digests that are named one by one; none if neither this nor {@link #digestRange} is called, and so no budgets. */
        public Builder digests(Digest... digests) {
            this.digests = new LinkedHashSet<>(Arrays.asList(digests));
            return this;
        }

        /** Adds a range of digests. */
        public Builder digestRange(DigestRange range) {
            digestRanges.add(range);
            return this;
        }

        /** Sets the group scores; the mean if not called. */
        public Builder groupScores(GroupScore... groupScores) {
            this.groupScores = set(GroupScore.class, groupScores);
            return this;
        }

        /** Sets the scopes; attended if not called. */
        public Builder scopes(Scope... scopes) {
            this.scopes = set(Scope.class, scopes);
            return this;
        }

        /** Adds features and properties; none if not called. */
        public Builder features(Feature... some) {
            features.addAll(Arrays.asList(some));
            return this;
        }

        /** Takes features and properties away, for a declaration that starts from another. */
        public Builder without(Feature... some) {
            Arrays.asList(some).forEach(features::remove);
            return this;
        }

        /** Sets how far stored keys and values may lie from those given; stored bit for bit if not called. */
        public Builder storedRows(RowBound keys, RowBound values) {
            this.keyBound = keys;
            this.valueBound = values;
            return this;
        }

        /**
         * Sets what addresses and row strides of wrapped memory must be multiples of, in bytes; 1 if not called.
         *
         * @throws InvalidArgumentException if it is no power of two from 1 to 4096
         */
        public Builder tensorAlignment(int bytes) {
            Checks.range("tensorAlignment", bytes, 1, 4096);
            if (Integer.bitCount(bytes) != 1) {
                throw new InvalidArgumentException("tensorAlignment is " + bytes + "; allowed: powers of two");
            }
            this.tensorAlignment = bytes;
            return this;
        }

        /**
         * Adds sizes at which the backend's work is cut, such as a block of pages that one warp scores: the kit tries
         * one less, exactly and one more of each. None if not called. Sizes are at most {@value Capabilities#MOST_BLOCK_SIZE}, so
         * that the kit stays fast.
         *
         * @throws InvalidArgumentException if a size is out of range
         */
        public Builder blockSizes(Unit unit, int... sizes) {
            for (var size : sizes) {
                Checks.range("a block size in " + unit, size, 1, MOST_BLOCK_SIZE);
                blockSizes.computeIfAbsent(unit, missing -> new TreeSet<>()).add(size);
            }
            return this;
        }

        /**
         * The declaration.
         *
         * @throws InvalidArgumentException if there is no element type, or a digest but no group score or scope
         */
        public Capabilities build() {
            if (elementTypes.isEmpty()) {
                throw new InvalidArgumentException("elementTypes is empty; name at least one");
            }
            if (!(digests.isEmpty() && digestRanges.isEmpty()) && (groupScores.isEmpty() || scopes.isEmpty())) {
                throw new InvalidArgumentException(
                        "groupScores is " + groupScores + " and scopes " + scopes + "; budgets need one of each");
            }
            return new Capabilities(this);
        }

        private static <E extends Enum<E>> EnumSet<E> set(Class<E> type, E[] some) {
            var set = EnumSet.noneOf(type);
            set.addAll(Arrays.asList(some));
            return set;
        }
    }

    /** Starts a declaration that is this one, to be changed. */
    public Builder toBuilder() {
        return new Builder(this);
    }
}
