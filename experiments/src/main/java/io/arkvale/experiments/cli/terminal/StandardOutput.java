package io.arkvale.experiments.cli.terminal;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * Standard output of a process that the launcher started. The virtual machine reports its own crash to file 1, whatever its
 * options say. So the launcher makes file 1 standard error, and results go to a file of another number.
 */
public final class StandardOutput extends OutputStream {
    /** The number of the real file; not set by who starts the program without the launcher. */
    private static final String PROPERTY = "arkvale.stdout";

    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option ERROR = Linker.Option.captureCallState("errno");
    private static final VarHandle ERROR_NUMBER =
            Linker.Option.captureStateLayout().varHandle(PathElement.groupElement("errno"));
    private static final int INTERRUPTED = 4; // EINTR

    private final int file;
    private final MethodHandle write;

    @SuppressWarnings("restricted") // a function of the C library with the types that POSIX gives it
    private StandardOutput(int file) {
        this.file = file;
        this.write = LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow("write"),
                FunctionDescriptor.of(
                        ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG),
                ERROR);
    }

    /** The real file; file 1 where the program was started without the launcher. */
    public static OutputStream open() {
        var real = Integer.getInteger(PROPERTY);
        return real == null ? new FileOutputStream(FileDescriptor.out) : new StandardOutput(real);
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        try (var arena = Arena.ofConfined()) {
            var error = arena.allocate(Linker.Option.captureStateLayout());
            var rest = arena.allocateFrom(
                    ValueLayout.JAVA_BYTE, MemorySegment.ofArray(bytes), ValueLayout.JAVA_BYTE, offset, length);
            while (rest.byteSize() > 0) {
                rest = rest.asSlice(written(error, rest));
            }
        }
    }

    /** Writes as much as the system takes at once, and returns how much that was. */
    private long written(MemorySegment error, MemorySegment bytes) throws IOException {
        var written = call(error, bytes);
        if (written >= 0) {
            return written;
        }
        var number = (int) ERROR_NUMBER.get(error, 0L);
        if (number == INTERRUPTED) {
            return 0;
        }
        throw new IOException(reason(number));
    }

    private long call(MemorySegment error, MemorySegment bytes) {
        try {
            return (long) write.invokeExact(error, file, bytes, bytes.byteSize());
        } catch (Throwable e) {
            throw new IllegalStateException("the C library's write cannot be called", e);
        }
    }

    /** The system's words for an error, as Java's own streams have them. */
    @SuppressWarnings("restricted") // as above; the text ends with a zero and is the C library's own
    private static String reason(int number) {
        var strerror = LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow("strerror"),
                FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
        try {
            return ((MemorySegment) strerror.invokeExact(number))
                    .reinterpret(Long.MAX_VALUE)
                    .getString(0);
        } catch (Throwable e) {
            throw new IllegalStateException("the C library's strerror cannot be called", e);
        }
    }
}
