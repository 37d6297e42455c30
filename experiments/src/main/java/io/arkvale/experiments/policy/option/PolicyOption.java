package io.arkvale.experiments.policy.option;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.input.Nearest;
import java.util.List;
import java.util.function.Predicate;

/**
 * An option of a policy, declared once: name, default, range.
 *
 * @param name its name
 * @param defaultValue the value it takes if left out
 * @param allowed the allowed values in words, as messages and listings print them
 * @param description what it does, in one clause
 * @param kind decides which values are allowed
 */
public record PolicyOption(String name, String defaultValue, String allowed, String description, Kind kind) {
    /** What values an option takes. */
    public sealed interface Kind {
        /** Whole numbers of a range. */
        record Whole(long least, long most) implements Kind {}

        /** Whole numbers of a range, or a word. */
        record WholeOr(long least, long most, String word) implements Kind {}
        /** Odd whole numbers of a range. */
        record Odd(long least, long most) implements Kind {}

        /** Numbers of a range. */
        record Real(double least, double most) implements Kind {}

        /** One of several words. */
        record Choice(List<String> words) implements Kind {}

        /** One of several words, or a text that is read. */
        record Text(List<String> words, Predicate<String> isReadable) implements Kind {}
    }

    /** An option whose values are the whole numbers from {@code least} to {@code most}. */
    public static PolicyOption whole(String name, long defaultValue, long least, long most, String description) {
        return new PolicyOption(
                name, Long.toString(defaultValue), least + " to " + most, description, new Kind.Whole(least, most));
    }

    /** An option whose values are the odd whole numbers from {@code least} to {@code most}. */
    public static PolicyOption odd(String name, long defaultValue, long least, long most, String description) {
        return new PolicyOption(
                name,
                Long.toString(defaultValue),
                "odd, " + least + " to " + most,
                description,
                new Kind.Odd(least, most));
    }

    /** An option whose values are the numbers from {@code least} to {@code most}. */
    public static PolicyOption real(String name, double defaultValue, double least, double most, String description) {
        return new PolicyOption(
                name, Double.toString(defaultValue), least + " to " + most, description, new Kind.Real(least, most));
    }

    /** An option whose values are the given words; the first is the default. */
    public static PolicyOption choice(String name, List<String> words, String description) {
        return new PolicyOption(
                name, words.getFirst(), String.join(", ", words), description, new Kind.Choice(List.copyOf(words)));
    }

    /**
     * Checks a value.
     *
     * @throws UserException if it is not allowed; lists what is
     */
    void check(String policy, String value) {
        if (!allows(value)) {
            throw new UserException("option '" + name + "' of policy '" + policy + "' is '" + value + "'; allowed: "
                    + allowed + Nearest.question(value, words()));
        }
    }

    /** The words among its values. */
    private List<String> words() {
        return switch (kind) {
            case Kind.Choice choice -> choice.words();
            case Kind.Text text -> text.words();
            case Kind.WholeOr either -> List.of(either.word());
            case Kind.Whole _, Kind.Odd _, Kind.Real _ ->
                Character.isLetter(defaultValue.charAt(0)) ? List.of(defaultValue) : List.of();
        };
    }

    private boolean allows(String value) {
        if (value.equals(defaultValue)) {
            return true;
        }
        try {
            return switch (kind) {
                case Kind.Whole whole -> {
                    var number = Long.parseLong(value);
                    yield whole.least() <= number && number <= whole.most();
                }
                case Kind.WholeOr either -> {
                    if (value.equals(either.word())) {
                        yield true;
                    }
                    var number = Long.parseLong(value);
                    yield either.least() <= number && number <= either.most();
                }
                case Kind.Odd odd -> {
                    var number = Long.parseLong(value);
                    yield odd.least() <= number && number <= odd.most() && number % 2 != 0;
                }
                case Kind.Real real -> {
                    var number = Double.parseDouble(value);
                    yield real.least() <= number && number <= real.most();
                }
                case Kind.Choice choice -> choice.words().contains(value);
                case Kind.Text text -> text.isReadable().test(value);
            };
        } catch (NumberFormatException notANumber) {
            return false;
        }
    }
}
