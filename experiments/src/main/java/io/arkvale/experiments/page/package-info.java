/** The report as one page of HTML that stands alone: {@link io.arkvale.experiments.page.HtmlReport}, and its style. */
@NullMarked
package io.arkvale.experiments.page;

import org.jspecify.annotations.NullMarked;
