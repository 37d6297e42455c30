package io.arkvale.serving;

/**
 * Limits of an engine.
 *
 * @param stepTokens most tokens of a step, decoded ones and those of prompts together
 * @param mostRunning most requests that are served at a time; fewer than {@code stepTokens}
 * @param mostWaiting most requests that wait beside them
 * @param mostKept most sequences that are kept after their requests, for texts that begin alike
 * @param residence how much of a text stays on the device
 */
public record EngineOptions(int stepTokens, int mostRunning, int mostWaiting, int mostKept, Residence residence) {
    /** How much of a text stays on the device. */
    public enum Residence {
        /** What its budget says, always: an answer does not depend on who else is served. */
        BUDGET,
        /** All of it while there is room. When a request finds none, those served go down to their budgets, for good. */
        FULL_UNTIL_PRESSURE
    }

    /**
     * Checks the limits.
     *
     * @throws IllegalArgumentException naming the limit, its value and the range
     */
    public EngineOptions {
        within("tokens per step", stepTokens, 2, 1 << 16);
        within("requests at a time", mostRunning, 1, stepTokens - 1);
        within("waiting requests", mostWaiting, 1, 1 << 20);
        within("kept sequences", mostKept, 0, 1 << 16);
    }

    private static void within(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + " are " + value + "; allowed: " + least + " to " + most);
        }
    }

    /** 512 tokens per step, 64 requests served, 1,024 waiting, 64 sequences kept, within their budgets. */
    public static EngineOptions usual() {
        return new EngineOptions(512, 64, 1024, 64, Residence.BUDGET);
    }
}
