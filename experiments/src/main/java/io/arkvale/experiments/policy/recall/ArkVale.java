package io.arkvale.experiments.policy.recall;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.Digest;
import io.arkvale.api.GroupScore;
import io.arkvale.api.InvalidArgumentException;
import io.arkvale.api.Scope;
import io.arkvale.api.SequenceSpec;
import io.arkvale.api.Tier;
import io.arkvale.experiments.UserException;
import io.arkvale.experiments.policy.Ability;
import io.arkvale.experiments.policy.CacheRun;
import io.arkvale.experiments.policy.Policy;
import io.arkvale.experiments.policy.option.HeadGroups;
import io.arkvale.experiments.policy.option.PolicyInfo;
import io.arkvale.experiments.policy.option.PolicyOption;
import io.arkvale.experiments.policy.option.Settings;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** ArkVale (Chen et al., 2024), run by a backend through the service-provider interface. */
public final class ArkVale implements Policy, CacheRun {
    /** Option: tokens per page. */
    public static final String PAGE_SIZE = "page-size";

    private static final String DIGEST = "digest";
    private static final String GROUP_SCORE = "group-score";
    private static final String SCOPE = "scope";
    private static final String SINK = "sink";
    private static final String WINDOW = "window";
    private static final String ATTENDED = "attended";
    private static final String AUTO = "auto";
    private static final String REUSE = "reuse";
    private static final String NEVER = "never";
    private static final String PREFILL_CHUNK = "prefill-chunk";
    private static final String WHOLE = "whole";
    private static final String PREFETCH = "prefetch";
    private static final String BACKUPS = "backups";

    private static final List<String> DIGESTS = Stream.concat(
                    Stream.of(Digest.CUBOID_MEAN),
                    Arrays.stream(Digest.values()).filter(digest -> !digest.equals(Digest.CUBOID_MEAN)))
            .map(Digest::toString)
            .toList();

    private static final PolicyInfo INFO = new PolicyInfo(
            "recall.arkvale",
            "pages whose digest the query ranks high; evicted pages come back",
            "Chen et al., ArkVale: Efficient Generative LLM Inference with Recallable Key-Value Eviction, NeurIPS 2024",
            List.of(Ability.EVICTS, Ability.RECALLS, Ability.CHOOSES, Ability.QUERIES, Ability.KEYS),
            List.of(
                    PolicyOption.whole(PAGE_SIZE, 32, 1, 1024, "tokens per page"),
                    HeadGroups.OPTION,
                    new PolicyOption(
                            DIGEST,
                            Digest.CUBOID_MEAN.toString(),
                            String.join(", ", DIGESTS) + ", or a description such as disc-max*0.75/8@3+2",
                            "summary of a page's keys",
                            new PolicyOption.Kind.Text(DIGESTS, ArkVale::isDigest)),
                    PolicyOption.choice(
                            GROUP_SCORE,
                            words(GroupScore.values(), GroupScore.MEAN),
                            "how the scores of a group's" + " query heads become one"),
                    PolicyOption.choice(
                            SCOPE,
                            words(Scope.values(), Scope.ATTENDED),
                            "which pages take part in" + " attention: the selected ones, or all that are resident"),
                    PolicyOption.whole(SINK, 2, 0, 1024, "first pages that are never evicted"),
                    PolicyOption.whole(WINDOW, 2, 1, 1024, "last pages that are never evicted"),
                    new PolicyOption(
                            ATTENDED,
                            AUTO,
                            "auto, or pages from sink + window to budget - 1",
                            "filled pages that take part; auto is half the budget and at most 1280 tokens",
                            new PolicyOption.Kind.Whole(1, Short.MAX_VALUE)),
                    new PolicyOption(
                            REUSE,
                            NEVER,
                            "never, or -1 to 1",
                            "least cosine between a head group's query and its last one at which the last one chooses"
                                    + " the pages, so that recall can begin one step earlier; below it, the new query"
                                    + " chooses (FreeKV)",
                            new PolicyOption.Kind.Real(-1, 1)),
                    new PolicyOption(
                            PREFILL_CHUNK,
                            WHOLE,
                            "whole, or 1 to 1048576",
                            "evict pages beyond the budget after every so many tokens of the prompt, so that a layer"
                                    + " never holds more than its budget and one chunk. A chunk still attends to"
                                    + " everything before it: evicted pages are read from their backups. whole evicts"
                                    + " once, at the prompt's end",
                            new PolicyOption.Kind.WholeOr(1, 1 << 20, WHOLE)),
                    PolicyOption.whole(
                            PREFETCH,
                            0,
                            0,
                            1024,
                            "choose and recall a layer's pages so many layers earlier, by queries guessed from the"
                                    + " hidden state there with the layer's own norm and projection (InfiniGen); 0"
                                    + " waits for the layer's own queries"),
                    PolicyOption.choice(
                            BACKUPS,
                            List.of(word(Tier.HOST), word(Tier.DISK)),
                            "where backups lie: in host memory, or in files in the folder for temporary files")));

    @Override
    public PolicyInfo info() {
        return INFO;
    }

    @Override
    public Optional<CacheRun> onCache() {
        return Optional.of(this);
    }

    /** Eviction after a chunk ranks pages by the query of its last token. */
    @Override
    public boolean readsAllRows(Settings options) {
        return !options.is(PREFILL_CHUNK, WHOLE);
    }

    @Override
    public SequenceSpec sequence(Settings options, int budget, int denseLayers) {
        if (prefetchDistance(options) > 0 && !options.is(REUSE, NEVER)) {
            throw new UserException("policy 'arkvale' has prefetch=" + options.word(PREFETCH) + " and reuse="
                    + options.word(REUSE) + "; give one of them, since each names the query that chooses pages");
        }
        var builder = SequenceSpec.builder(options.whole(PAGE_SIZE))
                .budgetTokens(budget)
                .sinkPages(options.whole(SINK))
                .windowPages(options.whole(WINDOW))
                .denseLayers(denseLayers)
                .digest(Digest.parse(options.word(DIGEST)))
                .groupScore(value(GroupScore.values(), options.word(GROUP_SCORE)))
                .scope(value(Scope.values(), options.word(SCOPE)));
        return options.is(ATTENDED, AUTO)
                ? builder.build()
                : builder.attendedPages(options.whole(ATTENDED)).build();
    }

    @Override
    public CacheSpec.Builder cache(Settings options, int layers, int queryHeads, int kvHeads, int headDim) {
        return CacheSpec.builder(layers, queryHeads, kvHeads, headDim)
                .pageSize(options.whole(PAGE_SIZE))
                .headGroups(HeadGroups.of(options, kvHeads));
    }

    @Override
    public double reuse(Settings options) {
        return options.is(REUSE, NEVER) ? 2 : options.real(REUSE);
    }

    @Override
    public int prefillChunk(Settings options) {
        return options.is(PREFILL_CHUNK, WHOLE) ? Integer.MAX_VALUE : options.whole(PREFILL_CHUNK);
    }

    @Override
    public int prefetchDistance(Settings options) {
        return options.whole(PREFETCH);
    }

    @Override
    public Tier backups(Settings options) {
        return value(Tier.values(), options.word(BACKUPS));
    }

    @Override
    public Object cacheKey(Settings options) {
        return List.of(
                options.whole(PAGE_SIZE),
                options.word(HeadGroups.OPTION.name()),
                options.whole(PREFETCH),
                options.word(BACKUPS));
    }

    private static boolean isDigest(String text) {
        try {
            return Digest.parse(text).toString().equals(text);
        } catch (InvalidArgumentException unreadable) {
            return false;
        }
    }

    private static <E extends Enum<E>> List<String> words(E[] values, E first) {
        var others = Arrays.stream(values).filter(value -> value != first);
        return Stream.concat(Stream.of(first), others).map(ArkVale::word).toList();
    }

    private static <E extends Enum<E>> E value(E[] values, String word) {
        return Arrays.stream(values)
                .filter(value -> word(value).equals(word))
                .findFirst()
                .orElseThrow();
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
