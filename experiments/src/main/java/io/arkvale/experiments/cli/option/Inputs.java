package io.arkvale.experiments.cli.option;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.input.FileReason;
import io.arkvale.experiments.input.StrictJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Checks of what users give. */
public final class Inputs {
    private Inputs() {}

    /**
     * Refuses a value below the least.
     *
     * @throws UserException naming the option, the value and the least
     */
    public static void atLeast(int least, String option, int value) {
        if (value < least) {
            throw new UserException(option + " is " + value + "; allowed: at least " + least);
        }
    }

    /**
     * Refuses a value outside a range.
     *
     * @throws UserException naming the option, the value and the range
     */
    public static void within(int least, int most, String option, int value) {
        if (value < least || value > most) {
            throw new UserException(option + " is " + value + "; allowed: " + least + " to " + most);
        }
    }

    /** More than any of these numbers can usefully be, and few enough to be added to. */
    public static final int MOST = 1 << 24;

    /** Refuses a value that is not from 1 to {@link #MOST}. */
    public static void count(String option, int value) {
        within(1, MOST, option, value);
    }

    /**
     * Reads a text file.
     *
     * @throws UserException if it cannot be read, is not UTF-8, or begins with a byte order mark
     */
    public static String readText(String what, Path file) {
        return StrictJson.text(what + " " + file, read(what, file));
    }

    /**
     * Reads a file.
     *
     * @throws UserException if it cannot be read
     */
    public static byte[] read(String what, Path file) {
        if (!Files.exists(file)) {
            throw new UserException(what + " " + file + " does not exist");
        }
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UserException(what + " " + file + " cannot be read: " + FileReason.of(e), e);
        }
    }
}
