package io.arkvale.serving;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * No file of this process grows or is written beyond a size, until it is closed: writes fail as they do on a full disk, with
 * another reason. The system's limit of a process does it, set by util-linux's prlimit.
 */
final class DiskLimit implements AutoCloseable {
    private static final Path PROGRAM = Path.of("/usr/bin/prlimit");

    private DiskLimit() {}

    static boolean isAvailable() {
        return Files.isExecutable(PROGRAM);
    }

    /** No file is written at all. */
    static DiskLimit full() throws IOException {
        return at(0);
    }

    /** No file is written beyond so many bytes. */
    static DiskLimit at(long bytes) throws IOException {
        limit(Long.toString(bytes));
        return new DiskLimit();
    }

    /** The hard limit stays as it is, so that the soft one can go up again. */
    private static void limit(String bytes) throws IOException {
        var process = new ProcessBuilder(
                        PROGRAM.toString(),
                        "--pid",
                        Long.toString(ProcessHandle.current().pid()),
                        "--fsize=" + bytes + ":")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        if (process.onExit().join().exitValue() != 0) {
            throw new IOException("prlimit ended with " + process.exitValue());
        }
    }

    @Override
    public void close() throws IOException {
        limit("unlimited");
    }
}
