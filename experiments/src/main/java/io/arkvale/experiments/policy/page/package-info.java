/** What policies that choose by page share: summaries of pages, ranking, residence. */
@NullMarked
package io.arkvale.experiments.policy.page;

import org.jspecify.annotations.NullMarked;
