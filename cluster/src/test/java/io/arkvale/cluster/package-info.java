@NullMarked
package io.arkvale.cluster;

import org.jspecify.annotations.NullMarked;
