package io.arkvale.experiments.cli;

import io.arkvale.experiments.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Checks of what users give. */
final class Inputs {
    private Inputs() {}

    /**
     * Refuses a value below the least.
     *
     * @throws UserException naming the option, the value and the least
     */
    static void atLeast(int least, String option, int value) {
        if (value < least) {
            throw new UserException(option + " is " + value + "; allowed: at least " + least);
        }
    }

    /**
     * Refuses a value outside a range.
     *
     * @throws UserException naming the option, the value and the range
     */
    static void within(int least, int most, String option, int value) {
        if (value < least || value > most) {
            throw new UserException(option + " is " + value + "; allowed: " + least + " to " + most);
        }
    }

    /**
     * Reads a file.
     *
     * @throws UserException if it cannot be read
     */
    static byte[] read(String what, Path file) {
        if (!Files.exists(file)) {
            throw new UserException(what + " " + file + " does not exist");
        }
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UserException(what + " " + file + " cannot be read: " + e.getMessage(), e);
        }
    }
}
