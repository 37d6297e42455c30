/** Policies that keep everything on the device and attend to a part. */
@NullMarked
package io.arkvale.experiments.policy.sparse;

import org.jspecify.annotations.NullMarked;
