package io.arkvale.experiments.policy;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.input.Nearest;
import io.arkvale.experiments.policy.bound.Full;
import io.arkvale.experiments.policy.bound.Oracle;
import io.arkvale.experiments.policy.evict.Alisa;
import io.arkvale.experiments.policy.evict.DuoAttention;
import io.arkvale.experiments.policy.evict.FastGen;
import io.arkvale.experiments.policy.evict.H2o;
import io.arkvale.experiments.policy.evict.KeyDiff;
import io.arkvale.experiments.policy.evict.Keyformer;
import io.arkvale.experiments.policy.evict.LmInfinite;
import io.arkvale.experiments.policy.evict.QHitter;
import io.arkvale.experiments.policy.evict.Scissorhands;
import io.arkvale.experiments.policy.evict.StreamingLlm;
import io.arkvale.experiments.policy.evict.Tova;
import io.arkvale.experiments.policy.prefill.AdaKv;
import io.arkvale.experiments.policy.prefill.ExpectedAttention;
import io.arkvale.experiments.policy.prefill.KvZip;
import io.arkvale.experiments.policy.prefill.PyramidKv;
import io.arkvale.experiments.policy.prefill.RocketKv;
import io.arkvale.experiments.policy.prefill.SnapKv;
import io.arkvale.experiments.policy.recall.ArkVale;
import io.arkvale.experiments.policy.recall.InfLlm;
import io.arkvale.experiments.policy.recall.Pages;
import io.arkvale.experiments.policy.recall.ShadowKv;
import io.arkvale.experiments.policy.sparse.IceFormer;
import io.arkvale.experiments.policy.sparse.Quantised;
import io.arkvale.experiments.policy.sparse.Quest;
import io.arkvale.experiments.policy.sparse.SparQ;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/** Finds policies: the ones built in, and those that other jars provide. */
public final class Policies {
    private static final List<Policy> BUILT_IN = List.of(
            new Full(),
            new Oracle(),
            new ArkVale(),
            new Pages(),
            new Quest(),
            new IceFormer(),
            new StreamingLlm(),
            new LmInfinite(),
            new H2o(),
            new Tova(),
            new KeyDiff(),
            new Scissorhands(),
            new Keyformer(),
            new SnapKv(),
            new PyramidKv(),
            new AdaKv(),
            new ExpectedAttention(),
            new KvZip(),
            new DuoAttention(),
            new RocketKv(),
            new FastGen(),
            new QHitter(),
            new Alisa(),
            new InfLlm(),
            new ShadowKv(),
            new SparQ(),
            new Quantised());

    private Policies() {}

    /** Every policy, the built-in ones first. */
    public static List<Policy> all() {
        var all = new ArrayList<Policy>(BUILT_IN);
        ServiceLoader.load(TokenPolicy.class).forEach(all::add);
        return List.copyOf(all);
    }

    /**
     * The policy of the given full or short name.
     *
     * @throws UserException if there is none; lists the names
     */
    public static Policy named(String name) {
        for (var policy : all()) {
            if (name.equals(policy.info().name()) || name.equals(policy.info().shortName())) {
                return policy;
            }
        }
        var names = all().stream().map(policy -> policy.info().shortName()).toList();
        throw new UserException("unknown policy '" + name + "'; policies: " + names + Nearest.question(name, names));
    }
}
