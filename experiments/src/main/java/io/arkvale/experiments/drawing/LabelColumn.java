package io.arkvale.experiments.drawing;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Places names in a column beside the values that they name, without one on another. */
final class LabelColumn {
    private LabelColumn() {}

    /** Places as near to the wanted ones as may be, in their order, at least a gap apart, between two ends. */
    static List<Double> spread(List<Double> wanted, double gap, double from, double to) {
        var order = IntStream.range(0, wanted.size())
                .boxed()
                .sorted(Comparator.comparing(wanted::get))
                .toList();
        // Neighbours that are too close become one block around their common middle, until no blocks are too close.
        var blocks = new ArrayList<Block>();
        for (var index : order) {
            blocks.add(new Block(wanted.get(index), 1));
            while (blocks.size() > 1) {
                var last = blocks.getLast();
                var before = blocks.get(blocks.size() - 2);
                if (last.begin(gap, from, to) - before.end(gap, from, to) >= gap) {
                    break;
                }
                blocks.removeLast();
                blocks.set(blocks.size() - 1, before.with(last));
            }
        }
        var places = new ArrayList<Double>(wanted);
        int next = 0;
        for (var block : blocks) {
            for (int i = 0; i < block.size(); i++) {
                places.set(order.get(next++), block.begin(gap, from, to) + i * gap);
            }
        }
        return places;
    }

    /** Names that stand together around the mean of where they want to be. */
    private record Block(double sum, int size) {
        Block with(Block other) {
            return new Block(sum + other.sum, size + other.size);
        }

        double begin(double gap, double from, double to) {
            var begin = sum / size - (size - 1) * gap / 2;
            return Math.max(from, Math.min(begin, to - (size - 1) * gap));
        }

        double end(double gap, double from, double to) {
            return begin(gap, from, to) + (size - 1) * gap;
        }
    }
}
