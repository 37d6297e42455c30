/**
 * Step (c): {@link io.arkvale.core.select.Selector} decides which pages take part, which come and which go, as a {@link
 * io.arkvale.core.select.Selection}, in the order of {@link io.arkvale.core.select.PageRanking}. Pure and exact.
 */
@NullMarked
package io.arkvale.core.select;

import org.jspecify.annotations.NullMarked;
