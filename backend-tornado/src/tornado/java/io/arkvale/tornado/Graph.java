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
    COPY(7, Section.COPY),
    LOOK(8, Section.LOOK),
    DECODE(9, Section.APPEND, Section.SCORE, Section.RANK, Section.CHOOSE, Section.ATTEND, Section.MERGE);

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

    /** Whether this leaves device memory as it is. */
    static boolean onlyReads(Set<Section> done) {
        return EnumSet.of(Section.GATHER, Section.LOOK).containsAll(done);
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
