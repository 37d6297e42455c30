package io.arkvale.experiments.policy.page;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.input.Nearest;
import io.arkvale.experiments.policy.page.described.DescribedKind;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.function.IntFunction;

/** The kinds of digests: those built in, and those that other jars provide. */
public final class Digests {
    private static final List<DigestKind> ALL = all();

    private Digests() {}

    /** Discs in equal parts of a page. */
    private record Discs(String name, int parts) implements DigestKind {
        @Override
        public PageDigest create(int headDim) {
            return DiscDigest.of(headDim, parts, Float.SIZE, 1);
        }

        @Override
        public PageDigest.Kind with(int bits, double extent) {
            return headDim -> DiscDigest.of(headDim, parts, bits, extent);
        }
    }

    /** What is neither rounded nor scaled; those that the interface describes can be stored in 16 bits. */
    private record Whole(String name, IntFunction<PageDigest> maker) implements DigestKind {
        @Override
        public PageDigest create(int headDim) {
            return maker.apply(headDim);
        }

        @Override
        public PageDigest.Kind with(int bits, double extent) {
            var described = DescribedKind.parse(name);
            if (bits != Short.SIZE || extent != 1 || described.isEmpty()) {
                throw new UnsupportedOperationException(name);
            }
            return described.get();
        }
    }

    private static List<DigestKind> all() {
        var all = new ArrayList<DigestKind>(List.of(
                new Discs("disc", 1),
                new Discs("half-discs", 2),
                new Discs("quarter-discs", 4),
                new Discs("eighth-discs", 8),
                new Whole("cuboid-max", BoxDigest::max),
                new Whole("cuboid-mean", BoxDigest::mean),
                new Whole("cuboid-center", BoxDigest::center),
                new Whole("sphere-max", SphereDigest::max),
                new Whole("sphere-mean", SphereDigest::mean),
                new Whole("sphere-center", SphereDigest::center),
                new Whole("centroid", DiscDigest::centroid),
                new Whole("mean-1std", headDim -> new StdDigest(headDim, 1)),
                new Whole("mean-2std", headDim -> new StdDigest(headDim, 2)),
                new Whole("mean-3std", headDim -> new StdDigest(headDim, 3))));
        ServiceLoader.load(DigestKind.class).forEach(all::add);
        return List.copyOf(all);
    }

    /** Their names, those built in first. */
    public static List<String> names() {
        return ALL.stream().map(DigestKind::name).toList();
    }

    /**
     * The kind of a name, or of a description by the interface's canonical text.
     *
     * @throws UserException if there is none; lists the names
     */
    public static DigestKind named(String name) {
        return ALL.stream()
                .filter(kind -> kind.name().equals(name))
                .findFirst()
                .or(() -> DescribedKind.parse(name))
                .orElseThrow(() -> new UserException("unknown digest '" + name + "'; digests: " + names()
                        + ", or a description such as disc-max*0.75/8@3+2" + Nearest.question(name, names())));
    }
}
