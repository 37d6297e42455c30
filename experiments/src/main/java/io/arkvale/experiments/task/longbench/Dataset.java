package io.arkvale.experiments.task.longbench;

import io.arkvale.experiments.task.Scoring;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How the answers of a dataset of LongBench are scored (its {@code eval.py}).
 *
 * @param measure compares with one answer; the best answer counts
 * @param firstLine whether the first line of what was said counts alone
 */
record Dataset(Measure measure, boolean firstLine) {
    private static final Measure WORDS = new WordF1();
    private static final Measure SUMMARY = new RougeL();
    private static final Measure CLASS = new ClassNames();
    private static final Measure CODE = new CodeSimilarity();

    private static final Map<String, Dataset> ALL = Map.ofEntries(
            Map.entry("narrativeqa", new Dataset(WORDS, false)),
            Map.entry("qasper", new Dataset(WORDS, false)),
            Map.entry("multifieldqa_en", new Dataset(WORDS, false)),
            Map.entry("hotpotqa", new Dataset(WORDS, false)),
            Map.entry("2wikimqa", new Dataset(WORDS, false)),
            Map.entry("musique", new Dataset(WORDS, false)),
            Map.entry("gov_report", new Dataset(SUMMARY, false)),
            Map.entry("qmsum", new Dataset(SUMMARY, false)),
            Map.entry("multi_news", new Dataset(SUMMARY, false)),
            Map.entry("trec", new Dataset(CLASS, true)),
            Map.entry("triviaqa", new Dataset(WORDS, true)),
            Map.entry("samsum", new Dataset(SUMMARY, true)),
            Map.entry("lsht", new Dataset(CLASS, true)),
            Map.entry("passage_retrieval_en", new Dataset(Numbers.PARAGRAPH, false)),
            Map.entry("passage_count", new Dataset(Numbers.COUNT, false)),
            Map.entry("passage_retrieval_zh", new Dataset(Numbers.PARAGRAPH_IN_CHINESE, false)),
            Map.entry("lcc", new Dataset(CODE, false)),
            Map.entry("repobench-p", new Dataset(CODE, false)));

    /** Their measures count Chinese words as the Python package {@code jieba} finds them in its own dictionary. */
    private static final List<String> NEED_JIEBA = List.of("multifieldqa_zh", "dureader", "vcsum");

    /**
     * The dataset of a name, with or without the ending of LongBench-E.
     *
     * @throws IllegalArgumentException if there is none, or it cannot be scored exactly
     */
    static Dataset named(String name) {
        var dataset = ALL.get(base(name));
        if (NEED_JIEBA.contains(base(name))) {
            throw new IllegalArgumentException("dataset '" + name + "' cannot be scored as LongBench does: its measure"
                    + " counts Chinese words as the Python package jieba finds them");
        }
        if (dataset == null) {
            throw new IllegalArgumentException(
                    "dataset '" + name + "' is unknown; known: " + List.copyOf(new TreeMap<>(ALL).keySet()));
        }
        return dataset;
    }

    /** Its name without the ending of LongBench-E. */
    static String base(String name) {
        return name.endsWith("_e") ? name.substring(0, name.length() - 2) : name;
    }

    /** Whether a line must name all classes. */
    boolean needsClasses() {
        return measure == CLASS;
    }

    /**
     * Refuses an answer that the measure can do nothing with.
     *
     * @throws IllegalArgumentException saying what is missing
     */
    void check(String answer) {
        if (measure instanceof Numbers numbers && !numbers.isAnswer(answer)) {
            throw new IllegalArgumentException("the answer '" + answer + "' names no paragraph");
        }
    }

    /** Scores as LongBench does: the best of the answers. */
    Scoring scoring(List<String> classes) {
        return new Best(this, List.copyOf(classes));
    }

    /** A record, so that equal lines make equal questions. */
    private record Best(Dataset dataset, List<String> classes) implements Scoring {
        @Override
        public double score(String said, List<String> answers) {
            var text = dataset.firstLine() ? PythonText.firstLine(said) : said;
            var scores = new ArrayList<Double>();
            answers.forEach(answer -> scores.add(dataset.measure().score(text, answer, classes)));
            return scores.stream().mapToDouble(score -> score).max().orElse(0);
        }
    }
}
