package io.arkvale.experiments.input;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The lines of a stream that have an end, one after another, however many bytes they are together. */
public final class WholeLines {
    /** The longest line, in bytes. */
    private static final int LONGEST = 1 << 28;

    private final InputStream in;
    private byte[] buffer = new byte[1 << 16];
    private int from;
    private int searched;
    private int to;
    private long end;

    /** The stream stays the caller's. */
    public WholeLines(InputStream in) {
        this.in = in;
    }

    /**
     * The next line, without its end; null if there is none.
     *
     * @throws IOException if the stream cannot be read, or if a line is longer than 256 MiB
     */
    public byte @Nullable [] next() throws IOException {
        do {
            for (; searched < to; searched++) {
                if (buffer[searched] == '\n') {
                    var line = Arrays.copyOfRange(buffer, from, searched);
                    end += line.length + 1;
                    from = ++searched;
                    return line;
                }
            }
        } while (fill());
        return null;
    }

    private boolean fill() throws IOException {
        System.arraycopy(buffer, from, buffer, 0, to - from);
        searched -= from;
        to -= from;
        from = 0;
        if (to == LONGEST) {
            throw new IOException("a line is longer than " + LONGEST + " bytes");
        }
        if (to == buffer.length) {
            buffer = Arrays.copyOf(buffer, 2 * to);
        }
        var count = in.read(buffer, to, buffer.length - to);
        to += Math.max(0, count);
        return count >= 0;
    }

    /** Bytes up to where the last line ends that {@link #next} gave. */
    public long end() {
        return end;
    }

    /** Whether bytes are left behind that line. */
    public boolean isCut() {
        return to > from;
    }
}
