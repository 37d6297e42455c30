package io.arkvale.experiments.policy.page;

import io.arkvale.experiments.policy.ChoiceStep;
import io.arkvale.experiments.policy.ContextView;
import io.arkvale.experiments.policy.DecodeStep;
import io.arkvale.experiments.policy.Estimate;
import io.arkvale.experiments.policy.LayerPolicy;
import io.arkvale.experiments.policy.LayerSetting;
import io.arkvale.experiments.policy.TokenSets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/** Chooses by page: sink, window and the pages of the highest score; evicts the lowest ones beyond the budget. */
public final class PagedLayer implements LayerPolicy {
    private final LayerSetting setting;
    private final PageRules rules;
    private final int[][] groups;
    /** {@code [kvHeads]}; empty if pages are ranked by exact scores. */
    private final PageDigest[] digests;
    /** {@code [groups]}: pages on the device; all of them if everything is. */
    private final BitSet[] resident;

    private final PageIdeas ideas;
    /** {@code [kvHeads]}; empty if pages that do not take part count for nothing. */
    private final PageMeans[] means;

    private final AdjacentQueries queries;
    private final int[][] selected;
    private final double[][] scores;
    private int summarised;

    /** A layer of a policy with these rules. */
    public PagedLayer(LayerSetting setting, PageRules rules) {
        this(setting, rules, PageIdeas.NONE);
    }

    /** The same with ideas of later work. */
    public PagedLayer(LayerSetting setting, PageRules rules, PageIdeas ideas) {
        this.ideas = ideas;
        means = new PageMeans[ideas.estimate() ? setting.kvHeads() : 0];
        Arrays.setAll(means, head -> new PageMeans());
        queries = new AdjacentQueries(setting.queryHeads());
        this.setting = setting;
        this.rules = rules;
        groups = rules.groups(setting);
        var digest = rules.digest();
        digests = new PageDigest[digest == null ? 0 : setting.kvHeads()];
        if (digest != null) {
            Arrays.setAll(digests, head -> digest.create(setting.headDim()));
        }
        resident = new BitSet[groups.length];
        Arrays.setAll(resident, group -> new BitSet());
        selected = new int[groups.length][0];
        scores = new double[groups.length][0];
    }

    @FunctionalInterface
    private interface Vectors {
        void copy(int kvHead, int token, float[] target);
    }

    @FunctionalInterface
    private interface Row {
        float[] of(int queryHead);
    }

    @Override
    public int[][] keep(ContextView context) {
        summarise(context.tokens(), context::key, context::value);
        var pages = Math.ceilDiv(context.tokens(), rules.pageSize());
        var kept = new int[setting.kvHeads()][];
        for (int group = 0; group < groups.length; group++) {
            resident[group].set(0, pages);
            if (pages > rules.budget()) {
                // Logarithms of probabilities differ from scores by a constant per head.
                scores[group] = rank(group, context.tokens(), context::lastQuery, head -> logs(context.lastRow(head)));
                victims(group, pages, new BitSet()).forEach(resident[group]::clear);
            }
            for (int queryHead : groups[group]) {
                kept[queryHead / setting.queryHeadsPerKvHead()] = tokens(resident[group], context.tokens());
            }
        }
        return kept;
    }

    @Override
    public int[][] choose(ChoiceStep step) {
        var length = step.position() + 1;
        summarise(length, step::key, step::value);
        if (digests.length > 0) {
            queries.take(step);
        }
        var pages = Math.ceilDiv(length, rules.pageSize());
        var limit = rules.budget() == PageRules.EVERYTHING ? rules.attended() + 1 : rules.budget();
        var chosen = new int[setting.queryHeads()][];
        if (pages > limit) {
            var filled = (long) (length / rules.pageSize());
            for (var digest : digests) {
                step.scored(digest.pageBytes() * filled);
            }
            step.scored(means.length * filled * 2 * setting.headDim() * Float.BYTES);
        }
        for (int group = 0; group < groups.length; group++) {
            resident[group].set(pages - 1);
            var part = new BitSet(pages);
            if (pages <= limit) {
                part.set(0, pages);
            } else {
                var before = ideas.reuse() <= 1 && queries.cosine(groups[group]) >= ideas.reuse();
                scores[group] = rank(group, length, before ? queries::before : queries::now, step::exactScores);
                part.set(0, rules.sink());
                part.set(pages - rules.window(), pages);
                var best = best(scores[group], rules.sink(), pages - rules.window());
                var temperature = groups[group].length * Math.sqrt(setting.headDim());
                for (int page : ideas.enough(scores[group], temperature, part, best)) {
                    part.set(page);
                }
            }
            selected[group] = part.stream().toArray();
            part.stream().forEach(resident[group]::set);
            var tokens = tokens(part, length);
            for (int queryHead : groups[group]) {
                chosen[queryHead] = ideas.tokens() < 1 ? bestTokens(step, queryHead, tokens) : tokens;
            }
        }
        return chosen;
    }

    /** The share of the tokens with the largest exact scores. */
    private int[] bestTokens(ChoiceStep step, int queryHead, int[] tokens) {
        var kvHead = queryHead / setting.queryHeadsPerKvHead();
        if (queryHead % setting.queryHeadsPerKvHead() == 0) {
            step.scored((long) tokens.length * setting.headDim() * Float.BYTES);
        }
        step.bringBack(kvHead, tokens);
        var key = new float[setting.headDim()];
        var count = (int) Math.ceil(ideas.tokens() * tokens.length);
        var best = TokenSets.best(tokens.length, count, i -> {
            step.key(kvHead, tokens[i], key);
            return AdjacentQueries.dot(queries.now(queryHead), key);
        });
        return Arrays.stream(best).map(i -> tokens[i]).toArray();
    }

    @Override
    public List<Estimate> estimates(int queryHead, double logSum) {
        if (means.length == 0) {
            return List.of();
        }
        var part = new BitSet();
        var group = IntStream.range(0, groups.length)
                .filter(number -> Arrays.stream(groups[number]).anyMatch(head -> head == queryHead))
                .findFirst()
                .orElseThrow();
        Arrays.stream(selected[group]).forEach(part::set);
        return means[queryHead / setting.queryHeadsPerKvHead()].estimates(queries.now(queryHead), part);
    }

    @Override
    public long summaryBytes() {
        var pageBytes = 2L * means.length * setting.headDim() * Float.BYTES;
        for (var digest : digests) {
            pageBytes += digest.pageBytes();
        }
        return summarised * pageBytes;
    }

    @Override
    public void decoded(DecodeStep step) {
        var length = step.position() + 1;
        var pages = Math.ceilDiv(length, rules.pageSize());
        for (int group = 0; group < groups.length; group++) {
            if (pages <= rules.budget()) {
                continue;
            }
            var spared = new BitSet();
            Arrays.stream(selected[group]).forEach(spared::set);
            for (int page : victims(group, pages, spared).toArray()) {
                resident[group].clear(page);
                evict(step, group, page);
            }
        }
    }

    private void evict(DecodeStep step, int group, int page) {
        var first = groups[group][0] / setting.queryHeadsPerKvHead();
        var last = groups[group][groups[group].length - 1] / setting.queryHeadsPerKvHead();
        for (int kvHead = first; kvHead <= last; kvHead++) {
            for (int token = page * rules.pageSize(); token < (page + 1) * rules.pageSize(); token++) {
                step.evict(kvHead, token);
            }
        }
    }

    /** The resident filled pages to evict: the lowest ones outside sink, window and what is spared. */
    private IntStream victims(int group, int pages, BitSet spared) {
        var excess = Math.max(0, resident[group].cardinality() - rules.budget());
        var ranking = scores[group];
        return IntStream.range(rules.sink(), pages - rules.window())
                .filter(page -> resident[group].get(page) && !spared.get(page))
                .boxed()
                .sorted((a, b) -> ranking[a] != ranking[b] ? Double.compare(ranking[a], ranking[b]) : b - a)
                .limit(excess)
                .mapToInt(Integer::intValue);
    }

    /** The pages of the highest score from {@code from} to {@code to - 1} that fill what sink and window leave. */
    private int[] best(double[] ranking, int from, int to) {
        var picks = rules.attended() - rules.sink() - (rules.window() - 1);
        var chosen = TokenSets.best(Math.max(0, to - from), picks, i -> ranking[from + i]);
        return Arrays.stream(chosen).map(i -> from + i).toArray();
    }

    /** Scores of all filled pages, averaged over the group's query heads. */
    private double[] rank(int group, int length, Row queries, Row exactScores) {
        var ranking = new double[length / rules.pageSize()];
        for (int queryHead : groups[group]) {
            var row = digests.length == 0 ? exactScores.of(queryHead) : queries.of(queryHead);
            PageDigest.Scores ofPage = digests.length == 0
                    ? page -> largest(row, page)
                    : digests[queryHead / setting.queryHeadsPerKvHead()].scores(row);
            for (int page = 0; page < ranking.length; page++) {
                ranking[page] += ofPage.of(page);
            }
        }
        return ranking;
    }

    private double largest(float[] row, int page) {
        var largest = Float.NEGATIVE_INFINITY;
        for (int token = page * rules.pageSize(); token < (page + 1) * rules.pageSize(); token++) {
            largest = Math.max(largest, row[token]);
        }
        return largest;
    }

    private void summarise(int length, Vectors keys, Vectors values) {
        for (; digests.length > 0 && summarised < length / rules.pageSize(); summarised++) {
            for (int head = 0; head < digests.length; head++) {
                var page = new float[rules.pageSize()][setting.headDim()];
                for (int i = 0; i < page.length; i++) {
                    keys.copy(head, summarised * rules.pageSize() + i, page[i]);
                }
                digests[head].add(page);
                if (means.length > 0) {
                    var pageValues = new float[rules.pageSize()][setting.headDim()];
                    for (int i = 0; i < page.length; i++) {
                        values.copy(head, summarised * rules.pageSize() + i, pageValues[i]);
                    }
                    means[head].add(page, pageValues);
                }
            }
        }
    }

    private int[] tokens(BitSet pages, int length) {
        return pages.stream()
                .flatMap(page ->
                        IntStream.range(page * rules.pageSize(), Math.min(length, (page + 1) * rules.pageSize())))
                .toArray();
    }

    private static float[] logs(float[] probabilities) {
        var logs = new float[probabilities.length];
        for (int i = 0; i < logs.length; i++) {
            logs[i] = (float) Math.log(probabilities[i]);
        }
        return logs;
    }
}
