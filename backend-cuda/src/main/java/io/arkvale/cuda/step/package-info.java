/**
 * One open step. {@code Reservation} counts the slots that may be needed, {@code CudaStep} is what core's checked step calls:
 * it queues pages ({@code PageWork}), scores ({@code ScoreWork}) and attention ({@code AttentionWork}, cut by
 * {@code Splits}). A {@code Member} is one sequence's part, and {@code RoleRows} says which rows of
 * a call are whose where members have roles. {@code StepMemory} is kept from step to step and owns all device
 * memory that a step needs beside the pools, so that no call can lack any.
 */
@NullMarked
package io.arkvale.cuda.step;

import org.jspecify.annotations.NullMarked;
