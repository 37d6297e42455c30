package io.arkvale.api;

/**
 * Slots that one sequence needs at most on its way to a length: what {@link KvCache#step} may reserve for it.
 *
 * @param device device slots, if no step brings more than {@code t} tokens: all pages in layers without a budget;
 *     {@code min(n, c + 1)} in limited layers, of which one at a time holds {@code min(n, c + ⌈t/p⌉)}, its budget and what the
 *     step brings; {@code min(n, ⌈(W + t)/p⌉ + 2)} in a layer with a window
 * @param backup backup slots: every filled page of every limited layer
 */
public record SlotNeed(long device, long backup) {

    /**
     * The need of a sequence whose prompt is open at {@code tokens} tokens ({@link Sequence#isPromptOpen}): every page of
     * every layer, in a cache without windows.
     *
     * @throws InvalidArgumentException if {@code tokens} is negative
     */
    public static SlotNeed ofOpenPrompt(int layers, int headGroups, int pageSize, SequenceSpec sequence, int tokens) {
        return ofOpenPrompt(shape(layers, headGroups, pageSize), sequence, tokens, tokens);
    }

    /**
     * The need of a sequence that grows to {@code tokens} tokens by steps that end their prompts or decode, drafted tokens
     * included, in a cache without windows.
     *
     * @throws InvalidArgumentException if {@code tokens} is negative
     */
    public static SlotNeed of(int layers, int headGroups, int pageSize, SequenceSpec sequence, int tokens) {
        return of(shape(layers, headGroups, pageSize), sequence, tokens, tokens);
    }

    /**
     * The need of a sequence whose prompt is open at {@code tokens} tokens: every page, but in layers with a window those
     * that it holds alone.
     *
     * @param stepTokens tokens that a step brings at most; 0 between steps
     * @throws InvalidArgumentException if a number of tokens is negative
     */
    public static SlotNeed ofOpenPrompt(CacheSpec cache, SequenceSpec sequence, int tokens, int stepTokens) {
        return of(cache, sequence, tokens, stepTokens, true);
    }

    /**
     * The need of a sequence that grows to {@code tokens} tokens by steps that end their prompts or decode, drafted tokens
     * included.
     *
     * @param stepTokens tokens that a step brings at most; 0 between steps
     * @throws InvalidArgumentException if a number of tokens is negative
     */
    public static SlotNeed of(CacheSpec cache, SequenceSpec sequence, int tokens, int stepTokens) {
        return of(cache, sequence, tokens, stepTokens, false);
    }

    private static SlotNeed of(CacheSpec cache, SequenceSpec sequence, int tokens, int stepTokens, boolean openPrompt) {
        Checks.range("tokens", tokens, 0, Integer.MAX_VALUE);
        Checks.range("stepTokens", stepTokens, 0, Integer.MAX_VALUE);
        long pages = Math.ceilDiv((long) tokens, cache.pageSize());
        long all = Math.multiplyExact(pages, (long) cache.headGroups());
        long device = 0;
        long backup = 0;
        long mostTransient = 0;
        for (int layer = 0; layer < cache.layers(); layer++) {
            long kept = all;
            if (cache.hasWindow(layer)) {
                long held = Math.ceilDiv((long) cache.window(layer) + stepTokens, cache.pageSize()) + 2L;
                kept = cache.headGroups() * Math.min(pages, held);
            } else if (sequence.isLimited(layer)) {
                backup += (long) cache.headGroups() * (tokens / cache.pageSize());
                if (!openPrompt) {
                    long brought = Math.ceilDiv((long) stepTokens, cache.pageSize());
                    kept = within(cache, sequence, layer, pages, 1);
                    mostTransient = Math.max(mostTransient, within(cache, sequence, layer, pages, brought) - kept);
                }
            }
            device = Math.addExact(device, kept);
        }
        return new SlotNeed(Math.addExact(device, mostTransient), backup);
    }

    /** Pages of a layer whose head groups hold their budgets, and some more each. */
    private static long within(CacheSpec cache, SequenceSpec sequence, int layer, long pages, long more) {
        long held = 0;
        for (int group = 0; group < cache.headGroups(); group++) {
            held += Math.min(pages, sequence.budgetPages(layer, group) + more);
        }
        return held;
    }

    /** A cache of which only the given sizes matter. */
    private static CacheSpec shape(int layers, int headGroups, int pageSize) {
        return CacheSpec.builder(layers, headGroups, headGroups, 1)
                .headGroups(headGroups)
                .pageSize(pageSize)
                .deviceSlots(1)
                .build();
    }
}
