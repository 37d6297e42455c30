package io.arkvale.experiments.task.longbench;

import java.util.ArrayList;
import java.util.List;

/**
 * One over the classes named, if the right one is among them; LongBench's {@code classification_score}. Names are looked
 * for as they are written. A named class that is a part of the right one's name does not count.
 */
final class ClassNames implements Measure {
    @Override
    public double score(String said, String answer, List<String> classes) {
        var named = new ArrayList<>(classes.stream().filter(said::contains).toList());
        // The next name takes the place of one that goes, and is passed over: LongBench's loop does so too.
        for (int i = 0; i < named.size(); i++) {
            var name = named.get(i);
            if (answer.contains(name) && !name.equals(answer)) {
                named.remove(name);
            }
        }
        return named.contains(answer) ? 1.0 / named.size() : 0;
    }
}
