package io.arkvale.experiments.study;

import io.arkvale.experiments.result.Notebook;
import io.arkvale.experiments.result.Observation.Place;
import io.arkvale.experiments.run.Pieces;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The jobs of a study: of every experiment what a notebook lacks, and nothing twice. */
public final class StudyPlan {
    private final List<Part> parts = new ArrayList<>();
    private final Set<Place> planned = new HashSet<>();
    private long bytes = 1;

    /**
     * An experiment.
     *
     * @param name its name in the file
     * @param groups what it consists of
     */
    public record Part(String name, List<Group> groups) {
        /** Observations in all. */
        public int observations() {
            return groups.stream().mapToInt(Group::observations).sum();
        }

        /** Observations to make. */
        public int missing() {
            return groups.stream().mapToInt(Group::missing).sum();
        }
    }

    /**
     * Pieces that take about the same time.
     *
     * @param name what they have in common, in words
     * @param cells combinations of policy and budget
     * @param pieces in all
     * @param observations in all
     * @param jobs of the pieces that lack observations
     */
    public record Group(String name, int cells, int pieces, int observations, List<Job> jobs) {
        /** Observations to make. */
        public int missing() {
            return jobs.stream().mapToInt(job -> job.wanted().size()).sum();
        }
    }

    /** Adds an experiment; what another part observes already is that part's. */
    public Part add(String name, Assignment assignment, Pieces pieces, Notebook notebook) {
        var groups = new LinkedHashMap<String, List<Integer>>();
        for (int piece = 0; piece < pieces.count(); piece++) {
            groups.computeIfAbsent(pieces.group(piece), group -> new ArrayList<>())
                    .add(piece);
        }
        var part = new Part(
                name,
                groups.entrySet().stream()
                        .map(group -> group(group, assignment, pieces, notebook))
                        .toList());
        parts.add(part);
        bytes = Math.max(bytes, pieces.bytes());
        return part;
    }

    private Group group(
            Map.Entry<String, List<Integer>> group, Assignment assignment, Pieces pieces, Notebook notebook) {
        var cells = new HashSet<String>();
        var observations = 0;
        var jobs = new ArrayList<Job>();
        for (int piece : group.getValue()) {
            var places = pieces.places(piece);
            places.forEach(place -> cells.add(place.cell()));
            observations += places.size();
            var missing = pieces.missing(piece, notebook).stream()
                    .filter(planned::add)
                    .toList();
            if (!missing.isEmpty()) {
                jobs.add(new Job(assignment, piece, group.getKey(), missing));
            }
        }
        return new Group(group.getKey(), cells.size(), group.getValue().size(), observations, List.copyOf(jobs));
    }

    /** The experiments, in order. */
    public List<Part> parts() {
        return List.copyOf(parts);
    }

    /** All jobs, in order. */
    public List<Job> jobs() {
        return parts.stream()
                .flatMap(part -> part.groups().stream())
                .flatMap(group -> group.jobs().stream())
                .toList();
    }

    /** The most memory that one job takes beside the weights, in bytes. */
    public long bytes() {
        return bytes;
    }
}
