/** What is to be run: policies, budgets and their combinations. */
@NullMarked
package io.arkvale.experiments.plan;

import org.jspecify.annotations.NullMarked;
