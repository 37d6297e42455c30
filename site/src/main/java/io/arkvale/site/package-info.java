/**
 * Makes static HTML of the Markdown pages of this repository, beginning at the README and following its links.
 *
 * <p>{@link io.arkvale.site.Site} walks the pages, {@link io.arkvale.site.Page} renders one, and
 * {@link io.arkvale.site.DeadLinks} looks through a finished folder for links that lead nowhere. Nothing here is part of
 * the distribution.
 */
@NullMarked
package io.arkvale.site;

import org.jspecify.annotations.NullMarked;
