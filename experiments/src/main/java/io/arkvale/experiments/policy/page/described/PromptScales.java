package io.arkvale.experiments.policy.page.described;

import io.arkvale.api.Digest;
import io.arkvale.experiments.policy.page.described.ChannelSteps.Anchor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Equal steps per channel over the range that the pages have in it when the first score is asked for. */
final class PromptScales implements Rounding {
    private final Digest.Form form;
    private @Nullable ChannelSteps centres;
    private @Nullable ChannelSteps extents;

    PromptScales(Digest digest) {
        form = digest.form();
    }

    @Override
    public void centres(float[] numbers) {
        round(centres, numbers);
    }

    @Override
    public void extents(float[] numbers) {
        round(extents, numbers);
    }

    @Override
    public void scored(List<Volumes> pages) {
        if (centres == null && !pages.isEmpty()) {
            centres = steps(
                    form.centreBits(), pages.stream().map(Volumes::centres).toList());
            extents = steps(
                    form.extentBits(), pages.stream().map(Volumes::extents).toList());
            for (var page : pages) {
                round(centres, page.centres());
                round(extents, page.extents());
            }
        }
    }

    private ChannelSteps steps(int bits, List<float[]> pages) {
        var range = new ChannelRange(pages.getFirst().length / form.parts());
        pages.forEach(range::add);
        return new ChannelSteps(bits, range, Anchor.LEAST);
    }

    private void round(@Nullable ChannelSteps steps, float[] numbers) {
        if (steps == null) {
            return; // nothing was scored so far
        }
        var channels = numbers.length / form.parts();
        for (int at = 0; at < numbers.length; at++) {
            numbers[at] = steps.rounded(numbers[at], at % channels, 1, false);
        }
    }
}
