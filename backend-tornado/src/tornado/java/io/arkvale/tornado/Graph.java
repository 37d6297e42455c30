package io.arkvale.tornado;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** The task graphs of an {@link Engine}, by what they can do in one execution. */
enum Graph {
    START(0, Section.CLEAR),
    APPEND(1, Section.APPEND, Section.DIGEST),
    BACK_UP(2, Section.APPEND, Section.DIGEST, Section.GATHER),
    PUT(3, Section.PUT),
    ESTIMATE(4, Section.APPEND, Section.SCORE, Section.RANK),
    ATTEND(5, Section.APPEND, Section.ATTEND, Section.MERGE),
    RECALL(6, Section.PUT, Section.ATTEND, Section.MERGE),
    DECODE(7, Section.APPEND, Section.SCORE, Section.RANK, Section.CHOOSE, Section.ATTEND, Section.MERGE);

    /** What leaves device memory as it is. */
    static final Set<Section> READS = Set.of(Section.GATHER);

    /** Its place in the plan. */
    final int number;

    /** Its name in TornadoVM. */
    final String id;

    @SuppressWarnings("ImmutableEnumChecker") // never changed
    private final Set<Section> sections;

    Graph(int number, Section... sections) {
        this.number = number;
        id = name().toLowerCase(Locale.ROOT);
        this.sections = EnumSet.noneOf(Section.class);
        this.sections.addAll(Set.of(sections));
    }

    /** The smallest that can do all of this. */
    static Graph of(Set<Section> wanted) {
        for (var graph : values()) {
            if (graph.sections.containsAll(wanted)) {
                return graph;
            }
        }
        throw new IllegalStateException("no execution does all of " + wanted);
    }
}
