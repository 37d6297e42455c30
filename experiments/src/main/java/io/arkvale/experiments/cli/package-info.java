/**
 * The command line. {@code Main} knows all commands; those of tasks are in {@code task}, those over files of experiments and over
 * results in {@code experiment}, servers and their load in {@code serve}, the cost model in {@code simulate}, traces in
 * {@code trace}, the options that several share in {@code option}, the streams in {@code terminal}. The rest is here.
 */
@NullMarked
package io.arkvale.experiments.cli;

import org.jspecify.annotations.NullMarked;
