package io.arkvale.experiments.engine;

import java.util.List;

/**
 * What one run said and used.
 *
 * @param texts the continuation of each question, as long as its known answer
 * @param right which of them equal the known answer token by token
 * @param usage what it used
 */
public record Answers(List<String> texts, List<Boolean> right, Usage usage) {}
