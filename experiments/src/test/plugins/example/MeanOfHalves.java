package example;

import io.arkvale.experiments.policy.page.DigestKind;
import io.arkvale.experiments.policy.page.PageDigest;
import java.util.ArrayList;
import java.util.List;

/** Keeps the mean key of each half of a page; a page scores as its better half. */
public final class MeanOfHalves implements DigestKind {
    @Override
    public String name() {
        return "mean-of-halves";
    }

    @Override
    public PageDigest create(int headDim) {
        var pages = new ArrayList<List<float[]>>();
        return new PageDigest() {
            @Override
            public void add(float[][] keys) {
                var middle = keys.length / 2;
                pages.add(List.of(mean(keys, 0, middle), mean(keys, middle, keys.length)));
            }

            private float[] mean(float[][] keys, int from, int to) {
                var mean = new float[headDim];
                for (int key = from; key < to; key++) {
                    for (int i = 0; i < headDim; i++) {
                        mean[i] += keys[key][i] / (to - from);
                    }
                }
                return mean;
            }

            @Override
            public double score(float[] query, int page) {
                return pages.get(page).stream()
                        .mapToDouble(mean -> dot(query, mean))
                        .max()
                        .orElseThrow();
            }

            private double dot(float[] query, float[] mean) {
                var sum = 0f;
                for (int i = 0; i < headDim; i++) {
                    sum += query[i] * mean[i];
                }
                return sum;
            }

            @Override
            public long pageBytes() {
                return 2L * headDim * Float.BYTES;
            }
        };
    }
}
