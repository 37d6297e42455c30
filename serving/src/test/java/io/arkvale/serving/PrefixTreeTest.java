package io.arkvale.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The tree beside a plain list of texts. */
class PrefixTreeTest {
    @Test
    void aTextIsFoundByItsLongestBeginning() {
        var random = new Random(11);
        for (int round = 0; round < 50; round++) {
            var tree = new PrefixTree<Integer>();
            var texts = new HashMap<Integer, int[]>();
            for (int step = 0; step < 60; step++) {
                if (!texts.isEmpty() && random.nextInt(3) == 0) {
                    int holder = texts.keySet().stream()
                            .skip(random.nextInt(texts.size()))
                            .findFirst()
                            .orElseThrow();
                    var text = Objects.requireNonNull(texts.remove(holder));
                    tree.remove(text, text.length, holder);
                } else {
                    var text = text(random);
                    texts.put(step, text);
                    tree.add(text, text.length, step);
                }
                assertFinds(tree, texts, text(random));
            }
            texts.forEach((holder, text) -> tree.remove(text, text.length, holder));
            assertThat(tree.isEmpty()).isTrue();
        }
    }

    private static int[] text(Random random) {
        return random.ints(random.nextInt(8), 0, 3).toArray();
    }

    private static void assertFinds(PrefixTree<Integer> tree, Map<Integer, int[]> texts, int[] wanted) {
        var found = tree.find(wanted, wanted.length);
        int longest = texts.values().stream()
                .mapToInt(text -> common(text, wanted))
                .max()
                .orElse(0);
        assertThat(found.length()).isEqualTo(longest);
        assertThat(found.holders())
                .containsExactlyInAnyOrderElementsOf(texts.keySet().stream()
                        .filter(holder -> common(texts.getOrDefault(holder, wanted), wanted) == longest)
                        .toList());
    }

    private static int common(int[] one, int[] other) {
        int mismatch = Arrays.mismatch(one, other);
        return mismatch < 0 ? one.length : mismatch;
    }
}
