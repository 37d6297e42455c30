package io.arkvale.experiments.cli.terminal;

import io.arkvale.experiments.OutputLostException;
import io.arkvale.experiments.input.FileReason;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** Passes bytes on and fails when they are lost, where a print stream would only remember it. */
public final class LostOutput extends OutputStream {
    private final OutputStream target;

    private LostOutput(OutputStream target) {
        this.target = target;
    }

    /** A print stream that fails when a full disk, a closed pipe or anything else loses output. */
    public static PrintStream guard(OutputStream target) {
        return new PrintStream(
                new BufferedOutputStream(new LostOutput(target), 1 << 13), false, StandardCharsets.UTF_8);
    }

    @Override
    public void write(int value) {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        attempt(() -> target.write(bytes, offset, length));
    }

    @Override
    public void flush() {
        attempt(target::flush);
    }

    private interface Writing {
        void run() throws IOException;
    }

    private static void attempt(Writing writing) {
        try {
            writing.run();
        } catch (IOException e) {
            throw new OutputLostException("standard output cannot be written: " + FileReason.of(e), e);
        }
    }
}
