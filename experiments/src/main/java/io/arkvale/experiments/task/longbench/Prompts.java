package io.arkvale.experiments.task.longbench;

import io.arkvale.experiments.UserException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How each dataset is asked, and for how many tokens an answer is decoded: LongBench's own files, which a user brings, or
 * the wording of this program, which is not LongBench's.
 *
 * @param templates by dataset; {@code {context}} and {@code {input}} stand for the line's
 * @param tokens most tokens of an answer, by dataset
 * @param wording where the templates come from, in words
 */
record Prompts(Map<String, String> templates, Map<String, Integer> tokens, String wording) {
    static final String CONTEXT = "{context}";
    static final String INPUT = "{input}";

    private static final String QUESTION =
            "Here are some texts.\n\n{context}\n\nAnswer from these texts, in as few words as possible.\n"
                    + "Question: {input}\nAnswer:";
    private static final String SUMMARY = "Here is a text.\n\n{context}\n\nThe main points of this text, on one page:";
    private static final String CODE = "{context}{input}";
    private static final String EXAMPLES = "{context}\n{input}";

    private static final Map<String, String> OWN = Map.ofEntries(
            Map.entry("narrativeqa", QUESTION),
            Map.entry("qasper", QUESTION),
            Map.entry("multifieldqa_en", QUESTION),
            Map.entry("hotpotqa", QUESTION),
            Map.entry("2wikimqa", QUESTION),
            Map.entry("musique", QUESTION),
            Map.entry("triviaqa", EXAMPLES),
            Map.entry("gov_report", SUMMARY),
            Map.entry("multi_news", SUMMARY),
            Map.entry("qmsum", "This was said at a meeting.\n\n{context}\n\nQuestion: {input}\nAnswer:"),
            Map.entry("samsum", EXAMPLES),
            Map.entry("trec", EXAMPLES),
            Map.entry("lsht", EXAMPLES),
            Map.entry(
                    "passage_retrieval_en",
                    "{context}\n\nThis is a summary of one of the paragraphs above: {input}\n\nIt is of Paragraph"),
            Map.entry("passage_retrieval_zh", "{context}\n\n{input}\n\n以上摘要出自段落"),
            Map.entry("passage_count", "{context}\n\nThe number of different paragraphs above is"),
            Map.entry("lcc", CODE),
            Map.entry("repobench-p", CODE));

    private static final Map<String, Integer> OWN_TOKENS = Map.ofEntries(
            Map.entry("narrativeqa", 128),
            Map.entry("qasper", 128),
            Map.entry("multifieldqa_en", 64),
            Map.entry("hotpotqa", 32),
            Map.entry("2wikimqa", 32),
            Map.entry("musique", 32),
            Map.entry("triviaqa", 32),
            Map.entry("gov_report", 512),
            Map.entry("multi_news", 512),
            Map.entry("qmsum", 512),
            Map.entry("samsum", 128),
            Map.entry("trec", 64),
            Map.entry("lsht", 64),
            Map.entry("passage_retrieval_en", 32),
            Map.entry("passage_retrieval_zh", 32),
            Map.entry("passage_count", 32),
            Map.entry("lcc", 64),
            Map.entry("repobench-p", 64));

    private static final String OWN_WORDING = "prompts of this program's own wording";

    /**
     * LongBench's own where they are given.
     *
     * @param prompts {@code dataset2prompt.json}, or null
     * @param lengths {@code dataset2maxlen.json}, or null
     * @throws UserException if one is not of LongBench's form
     */
    static Prompts of(@Nullable Path prompts, byte[] promptsContent, @Nullable Path lengths, byte[] lengthsContent) {
        var templates = prompts == null ? OWN : templates(prompts, promptsContent);
        var tokens = lengths == null ? OWN_TOKENS : tokens(lengths, lengthsContent);
        var wording = prompts == null ? OWN_WORDING : "LongBench's prompts";
        var ownLengths = prompts != null && lengths == null;
        return new Prompts(templates, tokens, wording + (ownLengths ? ", answers' lengths of this program's own" : ""));
    }

    private static Map<String, String> templates(Path file, byte[] content) {
        var templates = new HashMap<String, String>();
        for (var entry : StrictJson.object("prompts file", file, content).properties()) {
            var template = entry.getValue();
            if (!template.isString()) {
                throw new UserException("prompts file " + file + ": '" + entry.getKey() + "' is no text");
            }
            checkTemplate(file, entry.getKey(), template.asString());
            templates.put(entry.getKey(), template.asString());
        }
        return Map.copyOf(templates);
    }

    private static void checkTemplate(Path file, String dataset, String template) {
        var rest = template.replace(INPUT, "");
        var at = rest.indexOf(CONTEXT);
        rest = rest.replace(CONTEXT, "");
        if (at < 0 || template.indexOf(CONTEXT) != template.lastIndexOf(CONTEXT) || rest.matches("(?s).*[{}].*")) {
            throw new UserException("prompts file " + file + ": the prompt of '" + dataset
                    + "' must have {context} once, and {input} as the only other word in braces");
        }
    }

    private static Map<String, Integer> tokens(Path file, byte[] content) {
        var tokens = new HashMap<String, Integer>();
        for (var entry :
                StrictJson.object("file of answers' lengths", file, content).properties()) {
            var value = entry.getValue();
            if (!value.isInt() || value.asInt() < 1) {
                throw new UserException("file of answers' lengths " + file + ": '" + entry.getKey()
                        + "' is no whole number of tokens, at least 1");
            }
            tokens.put(entry.getKey(), value.asInt());
        }
        return Map.copyOf(tokens);
    }

    /**
     * The template of a dataset.
     *
     * @throws IllegalArgumentException if the user's file has none
     */
    String template(String dataset) {
        return of(templates, dataset, "prompt");
    }

    /**
     * Most tokens of an answer.
     *
     * @throws IllegalArgumentException if the user's file has none
     */
    int answerTokens(String dataset) {
        return of(tokens, dataset, "answer's length");
    }

    private static <T> T of(Map<String, T> all, String dataset, String what) {
        var found = all.get(Dataset.base(dataset));
        if (found == null) {
            throw new IllegalArgumentException("there is no " + what + " for dataset '" + dataset + "'");
        }
        return found;
    }
}
