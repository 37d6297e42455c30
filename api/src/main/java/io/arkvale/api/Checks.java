package io.arkvale.api;

/** Range checks whose message names the field, its value and what is allowed. */
final class Checks {
    private Checks() {}

    static void range(String field, long value, long least, long most) {
        if (value < least || value > most) {
            throw new InvalidArgumentException(field + " is " + value + "; allowed: " + least + " to " + most);
        }
    }

    static void multiple(String field, long value, String unitField, long unit) {
        if (value % unit != 0) {
            throw new InvalidArgumentException(
                    field + " is " + value + "; allowed: multiples of " + unitField + ", which is " + unit);
        }
    }
}
