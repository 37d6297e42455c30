package io.arkvale.experiments.cli;

/** Standard output takes nothing more. */
final class OutputLostException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    OutputLostException() {
        super(
                "standard output cannot be written (it is closed, its reader is gone, or the disk is full), so results are lost");
    }
}
