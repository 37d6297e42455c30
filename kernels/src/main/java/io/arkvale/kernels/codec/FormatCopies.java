package io.arkvale.kernels.codec;

import io.arkvale.kernels.storage.StorageFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.constant.ConstantDescs;
import java.lang.invoke.MethodHandles;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * Copies of a class that differ in one constant, the codec of a storage format: what templates are elsewhere. The compiler
 * profiles and compiles each copy for itself, so that a call of the codec becomes the codec's own code.
 *
 * @param <T> what the class is used as
 */
public final class FormatCopies<T> {
    private final Map<StorageFormat, T> copies = new EnumMap<>(StorageFormat.class);

    /**
     * Makes a copy for each format, and an instance of each by the constructor without arguments.
     *
     * @param lookup of a class in the package of {@code template}
     * @param template takes its codec from {@link #codec}
     */
    public FormatCopies(MethodHandles.Lookup lookup, Class<? extends T> template, Class<T> type) {
        for (var format : StorageFormat.values()) {
            copies.put(format, type.cast(copy(lookup, template, VectorCodec.of(format))));
        }
    }

    /** The codec of the copy whose own lookup this is. */
    public static VectorCodec codec(MethodHandles.Lookup copy) {
        try {
            return MethodHandles.classData(copy, ConstantDescs.DEFAULT_NAME, VectorCodec.class);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(copy + " is not a lookup of its own class", e);
        }
    }

    private static Object copy(MethodHandles.Lookup lookup, Class<?> template, VectorCodec codec) {
        try (var bytes = template.getResourceAsStream(template.getSimpleName() + ".class")) {
            if (bytes == null) {
                throw new IllegalStateException("the class file of " + template.getName() + " is missing");
            }
            var copy = lookup.defineHiddenClassWithClassData(bytes.readAllBytes(), codec, true)
                    .lookupClass();
            var constructor = copy.getDeclaredConstructor();
            // As private to its package as the template's.
            constructor.setAccessible(true);
            return constructor.newInstance();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(template.getName() + " cannot be copied", e);
        }
    }

    /** The instance for a format. */
    public T of(StorageFormat format) {
        return Objects.requireNonNull(copies.get(format));
    }
}
