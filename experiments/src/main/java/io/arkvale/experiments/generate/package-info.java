/**
 * Lets a model speak under one policy and budget.
 *
 * <ul>
 *   <li>{@code GrowingText}: the text so far, read by the model; it owns the run's cache.
 *   <li>{@code Speaker}: chooses tokens, gives their text as it comes, and knows when to stop.
 *   <li>{@code Conversation}: what the model reads after a person has said something, as plain text or by the model's chat
 *       template.
 *   <li>{@code Turns}: reads what is said, then lets the model speak; {@code TurnStats}: what that took, for people.
 *   <li>{@code TerminalChat}: turns and commands at a terminal.
 * </ul>
 */
@NullMarked
package io.arkvale.experiments.generate;

import org.jspecify.annotations.NullMarked;
