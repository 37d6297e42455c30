/**
 * What is to be run: policies and budgets and their combinations ({@code Grid} of {@code RunSpec}s), when a question comes ({@code Protocol}),
 * and what makes any of it the same by content ({@code ContentDigest}).
 */
@NullMarked
package io.arkvale.experiments.plan;

import org.jspecify.annotations.NullMarked;
