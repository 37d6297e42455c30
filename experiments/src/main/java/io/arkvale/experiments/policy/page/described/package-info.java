/** Digests by the interface's descriptions, in numbers that are rounded by scales on trial. */
@NullMarked
package io.arkvale.experiments.policy.page.described;

import org.jspecify.annotations.NullMarked;
