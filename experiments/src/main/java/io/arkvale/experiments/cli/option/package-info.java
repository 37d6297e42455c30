/**
 * Options that several commands share, and the checks of what users give. One mixin per question: which policies, which
 * model, which backend, where results go.
 */
@NullMarked
package io.arkvale.experiments.cli.option;

import org.jspecify.annotations.NullMarked;
