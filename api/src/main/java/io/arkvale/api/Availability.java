package io.arkvale.api;

/** Answer of a provider to whether it can run here. */
public sealed interface Availability {
    /**
     * It can.
     *
     * @param device the device in words
     */
    record Available(String device) implements Availability {}

    /**
     * It cannot.
     *
     * @param reason why, in one clause
     * @param cure what to do about it, in one clause
     */
    record Unavailable(String reason, String cure) implements Availability {}
}
