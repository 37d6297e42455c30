package io.arkvale.experiments.result;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A cell of two runs, over the questions that both were asked.
 *
 * @param samples questions in common
 * @param score mean score of the first run
 * @param scoreThere mean score of the other
 * @param gain of the first over the other, question by question, by texts
 */
public record Comparison(
        String task,
        String policy,
        int budget,
        int length,
        String protocol,
        int samples,
        double score,
        double scoreThere,
        Interval.Estimate gain) {
    /** What it allows to be said. */
    public Verdict verdict() {
        return Verdict.of(gain, samples);
    }

    private record Cell(String task, String policy, int budget, int length, String protocol) {
        static Cell of(Observation one) {
            return new Cell(one.task(), one.policy(), one.budget(), one.length(), one.protocol());
        }
    }

    /** Every cell that both runs have, by what it is called; blocks of texts, whose bits have no scale, are left out. */
    public static List<Comparison> of(List<Observation> first, List<Observation> other) {
        var here = cells(first);
        var there = cells(other);
        var pairs = new ArrayList<Comparison>();
        here.forEach((cell, observations) -> {
            var known = there.getOrDefault(cell, Map.of());
            var common =
                    observations.keySet().stream().filter(known::containsKey).toList();
            if (!common.isEmpty()) {
                var mine = result(cell, common.stream().map(observations::get).toList());
                var theirs = result(cell, common.stream().map(known::get).toList());
                pairs.add(new Comparison(
                        cell.task(),
                        cell.policy(),
                        cell.budget(),
                        cell.length(),
                        cell.protocol(),
                        common.size(),
                        mine.accuracy(),
                        theirs.accuracy(),
                        mine.against(theirs)));
            }
        });
        return pairs;
    }

    private static TaskResult result(Cell cell, List<Observation> observations) {
        return new TaskResult(cell.task(), cell.policy(), cell.budget(), cell.length(), cell.protocol(), observations);
    }

    /** The latest observation of every question, by cell. */
    private static Map<Cell, Map<List<Object>, Observation>> cells(List<Observation> all) {
        var cells = new LinkedHashMap<Cell, Map<List<Object>, Observation>>();
        all.stream()
                .filter(one -> !one.coversBlock())
                .forEach(one -> cells.computeIfAbsent(Cell.of(one), cell -> new LinkedHashMap<>())
                        .put(List.of(one.episode(), one.question()), one));
        return cells;
    }
}
