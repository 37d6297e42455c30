package io.arkvale.experiments.result;

import java.util.List;

/**
 * What one run said and used.
 *
 * @param texts the continuation of each question
 * @param scores of each of them, from 0 to 1
 * @param usage what it used
 * @param fidelity how near it came to full attention
 */
public record Answers(List<String> texts, List<Double> scores, Usage usage, Fidelity fidelity) {}
