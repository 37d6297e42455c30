package io.arkvale.cuda.driver;

import java.util.Collection;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Gives several things back of which any may fail. */
public final class Release {
    private Release() {}

    /** Gives all of them back; raises the first failure at the end, with the others attached. */
    public static <T> void all(Collection<T> things, Consumer<? super T> release) {
        @Nullable RuntimeException first = null;
        for (var thing : things) {
            try {
                release.accept(thing);
            } catch (RuntimeException e) {
                if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
