/**
 * What tables of results say at a glance: {@link io.arkvale.experiments.overview.ScorePicture} of any task, {@link
 * io.arkvale.experiments.overview.RecallPicture}, the README's picture, and the {@link
 * io.arkvale.experiments.overview.Leaderboard} of a sweep. All are functions of rows, like the paper's figures.
 */
@NullMarked
package io.arkvale.experiments.overview;

import org.jspecify.annotations.NullMarked;
