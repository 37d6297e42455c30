package io.arkvale.api;

/**
 * Slots that one sequence needs at most on its way to a length: what {@link KvCache#step} may reserve for it.
 *
 * @param device device slots: all pages in dense layers; {@code min(n, c + 1)} in limited layers, of which one at a
 *     time also holds the rest of its pages during prefill
 * @param backup backup slots: every filled page of every limited layer
 */
public record SlotNeed(long device, long backup) {

    /**
     * The need of a sequence whose prompt is open at {@code tokens} tokens ({@link Sequence#isPromptOpen}): every page of
     * every layer.
     *
     * @throws InvalidArgumentException if {@code tokens} is negative
     */
    public static SlotNeed ofOpenPrompt(int layers, int headGroups, int pageSize, SequenceSpec sequence, int tokens) {
        Checks.range("tokens", tokens, 0, Integer.MAX_VALUE);
        long device = Math.multiplyExact((long) layers, Math.ceilDiv((long) tokens, pageSize));
        return new SlotNeed(
                Math.multiplyExact(device, (long) headGroups),
                of(layers, headGroups, pageSize, sequence, tokens).backup());
    }

    /**
     * The need of a sequence that grows to {@code tokens} tokens by steps that end their prompts or decode, drafted tokens
     * included.
     *
     * @throws InvalidArgumentException if {@code tokens} is negative
     */
    public static SlotNeed of(int layers, int headGroups, int pageSize, SequenceSpec sequence, int tokens) {
        Checks.range("tokens", tokens, 0, Integer.MAX_VALUE);
        long pages = Math.ceilDiv((long) tokens, pageSize);
        long dense = sequence.isLimited() ? Math.min(sequence.denseLayers(), layers) : layers;
        long limited = layers - dense;
        long kept = sequence.isLimited() ? Math.min(pages, sequence.budgetPages() + 1L) : pages;
        long transientPages = limited > 0 ? pages - kept : 0;
        long device = dense * pages + limited * kept + transientPages;
        long backup = limited * (tokens / pageSize);
        return new SlotNeed(
                Math.multiplyExact(device, (long) headGroups), Math.multiplyExact(backup, (long) headGroups));
    }
}
