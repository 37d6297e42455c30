/** Full attention of a text, looked at layer by layer and page by page. */
@NullMarked
package io.arkvale.experiments.observe;

import org.jspecify.annotations.NullMarked;
