package io.arkvale.kernels;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.constant.ConstantDescs;
import java.lang.invoke.MethodHandles;

/**
 * Copies of a class that differ in one constant: what templates are elsewhere. The compiler profiles and compiles each
 * copy for itself, so that a call through the constant becomes the called method's own code.
 */
final class ClassCopy {
    private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();

    private ClassCopy() {}

    /** The constant of the copy whose own lookup this is. */
    static <T> T constant(MethodHandles.Lookup copy, Class<T> type) {
        try {
            return MethodHandles.classData(copy, ConstantDescs.DEFAULT_NAME, type);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(copy + " is not a lookup of its own class", e);
        }
    }

    /** A new instance, by the constructor without arguments, of a copy of {@code template} made for {@code constant}. */
    static <T> T of(Class<? extends T> template, Class<T> type, Object constant) {
        try (var bytes = template.getResourceAsStream(template.getSimpleName() + ".class")) {
            if (bytes == null) {
                throw new IllegalStateException("the class file of " + template.getName() + " is missing");
            }
            var copy = LOOKUP.defineHiddenClassWithClassData(bytes.readAllBytes(), constant, true)
                    .lookupClass();
            var constructor = copy.getDeclaredConstructor();
            return type.cast(constructor.newInstance());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(template.getName() + " cannot be copied", e);
        }
    }
}
