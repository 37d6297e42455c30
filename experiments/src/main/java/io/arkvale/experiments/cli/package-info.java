/**
 * The command line. {@code Main} knows all commands; those of tasks are in {@code task}, those over files of experiments and over
 * results in {@code experiment}, the options that several share in {@code option}, the streams in {@code terminal}. The rest is here.
 */
@NullMarked
package io.arkvale.experiments.cli;

import org.jspecify.annotations.NullMarked;
