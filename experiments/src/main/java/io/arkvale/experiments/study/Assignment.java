package io.arkvale.experiments.study;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * An experiment in words that another machine understands.
 *
 * @param arguments the command and its options, but for those that name files
 * @param files the options that name files or a model's directory, with their absolute paths on the machine that planned
 */
public record Assignment(List<String> arguments, Map<String, String> files) implements Serializable {
    /** Copies both, into collections that can be sent. */
    public Assignment {
        arguments = Collections.unmodifiableList(new ArrayList<>(arguments));
        files = Collections.unmodifiableMap(new TreeMap<>(files));
    }

    /**
     * The command line on this machine.
     *
     * @param placed where a file of the planning machine is here
     */
    public List<String> words(UnaryOperator<String> placed) {
        var words = new ArrayList<>(arguments);
        files.forEach((option, path) -> words.addAll(List.of(option, placed.apply(path))));
        return List.copyOf(words);
    }
}
