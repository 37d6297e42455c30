package io.arkvale.api;

import java.util.Set;

/**
 * What a backend declares it can do. Within it everything works; outside it {@link Backend#open} raises
 * {@link UnsupportedSpecException}, and conformance tests are skipped with that reason.
 *
 * @param elementTypes supported element types
 * @param headDims supported head dims
 * @param pageSizes supported page sizes
 * @param queryHeadsPerKvHead supported query heads a KV head
 * @param diskTier whether backups may live on disk
 * @param deterministic whether the same calls give the same bits
 * @param batchInvariant whether a sequence's bits also do not depend on the batch's order and company, on forks and on
 *     the number of threads
 * @param recallWithoutHost whether a decode step runs without waiting for the host while all backups are in host memory
 */
public record Capabilities(
        Set<ElementType> elementTypes,
        SizeRange headDims,
        SizeRange pageSizes,
        SizeRange queryHeadsPerKvHead,
        boolean diskTier,
        boolean deterministic,
        boolean batchInvariant,
        boolean recallWithoutHost) {

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

    /** Copies the set. */
    public Capabilities {
        elementTypes = Set.copyOf(elementTypes);
    }

    /**
     * Checks a specification against the declaration.
     *
     * @throws UnsupportedSpecException naming the field, its value and what is supported
     */
    public void require(CacheSpec spec) {
        if (!elementTypes.contains(spec.elementType())) {
            throw new UnsupportedSpecException(
                    "elementType is " + spec.elementType() + "; this backend supports " + elementTypes);
        }
        require("headDim", spec.headDim(), headDims);
        require("pageSize", spec.pageSize(), pageSizes);
        require("queryHeads a KV head", spec.queryHeadsPerKvHead(), queryHeadsPerKvHead);
        if (spec.diskSlots() > 0 && !diskTier) {
            throw new UnsupportedSpecException("diskSlots is " + spec.diskSlots() + "; this backend supports 0");
        }
    }

    private static void require(String field, int value, SizeRange supported) {
        if (!supported.contains(value)) {
            throw new UnsupportedSpecException(field + " is " + value + "; this backend supports " + supported);
        }
    }
}
