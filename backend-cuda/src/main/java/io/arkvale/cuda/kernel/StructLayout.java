package io.arkvale.cuda.kernel;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** How the CUDA compiler lays out a structure: every field at a multiple of its alignment, so the whole too. */
public final class StructLayout {
    private static final ClassValue<StructLayout> LAYOUTS = new ClassValue<>() {
        @Override
        protected StructLayout computeValue(Class<?> type) {
            return new StructLayout(type);
        }
    };

    private final List<Field> fields = new ArrayList<>();
    private final int alignment;
    private final int bytes;

    /** A component: where it lies, and what reads it out of a record. */
    private record Field(String name, Class<?> type, int offset, MethodHandle reader) {}

    private StructLayout(Class<?> type) {
        int at = 0;
        int widest = 1;
        for (var component : type.getRecordComponents()) {
            int alignment = alignment(component.getType());
            at = roundUp(at, alignment);
            var name = component.getName();
            fields.add(new Field(name, component.getType(), at, reader(type, name, component.getType())));
            at += bytes(component.getType());
            widest = Math.max(widest, alignment);
        }
        alignment = widest;
        bytes = roundUp(at, widest);
    }

    /** The layout of a type of records. */
    public static StructLayout of(Class<? extends Struct> type) {
        return LAYOUTS.get(type);
    }

    /** Bytes of the whole. */
    public int bytes() {
        return bytes;
    }

    /** Where a field begins. */
    public int offset(String name) {
        for (var field : fields) {
            if (field.name().equals(name)) {
                return field.offset();
            }
        }
        throw new IllegalArgumentException("there is no field " + name);
    }

    /** Writes a record of this layout's type from a position on. */
    public void write(Struct struct, ByteBuffer target, int at) {
        try {
            for (var field : fields) {
                int place = at + field.offset();
                if (field.type() == long.class) {
                    target.putLong(place, (long) field.reader().invokeExact(struct));
                } else if (field.type() == int.class) {
                    target.putInt(place, (int) field.reader().invokeExact(struct));
                } else if (field.type() == float.class) {
                    target.putFloat(place, (float) field.reader().invokeExact(struct));
                } else {
                    LAYOUTS.get(field.type()).write((Struct) field.reader().invokeExact(struct), target, place);
                }
            }
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e); // accessors of records declare nothing
        }
    }

    private static MethodHandle reader(Class<?> type, String name, Class<?> component) {
        try {
            var result = component.isPrimitive() ? component : Struct.class;
            return MethodHandles.lookup()
                    .findVirtual(type, name, MethodType.methodType(component))
                    .asType(MethodType.methodType(result, Struct.class));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int alignment(Class<?> type) {
        return type.isPrimitive() ? bytes(type) : LAYOUTS.get(type).alignment;
    }

    private static int bytes(Class<?> type) {
        if (type.isPrimitive()) {
            return type == long.class ? Long.BYTES : Integer.BYTES; // a float is as wide as an int
        }
        return LAYOUTS.get(type).bytes;
    }

    private static int roundUp(int value, int multiple) {
        return Math.ceilDiv(value, multiple) * multiple;
    }
}
