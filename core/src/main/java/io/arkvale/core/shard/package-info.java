/**
 * A cache over several backends, each of which has some of the head groups. {@link io.arkvale.core.shard.ShardsProvider} makes
 * {@link io.arkvale.core.shard.ShardedBackend} of the backends that its option names; {@code ShardedCache} is one cache of it,
 * {@code ShardedStep} passes the calls of a step on, {@code HeadSlice} lends a shard its heads of a tensor, and
 * {@code LentSlices} gives back what one call was lent.
 *
 * <p>Head groups choose their pages apart, so that what a group does does not depend on where the others are: a sharded
 * cache gives what one cache of the same groups gives.
 */
@NullMarked
package io.arkvale.core.shard;

import org.jspecify.annotations.NullMarked;
