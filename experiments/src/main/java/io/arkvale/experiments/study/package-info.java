/**
 * Studies: experiments cut into {@code Job}s, one per prefill ({@code StudyPlan}), which {@code Workers} run: threads of
 * this process ({@code LocalWorkers}) or a {@code Cluster} that an add-on provides. Either way {@code JobRunners} run a
 * job, and one notebook takes what was observed. An {@code Estimate} says beforehand how long that takes.
 */
@NullMarked
package io.arkvale.experiments.study;

import org.jspecify.annotations.NullMarked;
