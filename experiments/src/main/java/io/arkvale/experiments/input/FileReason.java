package io.arkvale.experiments.input;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Why a file could not be read or written, in words: the exceptions themselves often say no more than its path. */
public final class FileReason {
    private FileReason() {}

    /** The reason, without the path. */
    public static String of(@Nullable Exception error) {
        return switch (error) {
            case null -> "the system gives no reason";
            case NoSuchFileException _ -> "no such file or directory";
            case FileNotFoundException _ -> "no such file, or not readable";
            case AccessDeniedException _ -> "permission denied";
            case NotDirectoryException _ -> "not a directory";
            case FileAlreadyExistsException _ -> "something else of that name is there";
            case DirectoryNotEmptyException _ -> "the directory is not empty";
            case OverlappingFileLockException _ -> "it is in use";
            case FileSystemException other
            when other.getReason() != null -> other.getReason().toLowerCase(Locale.ROOT);
            case IOException other
            when other.getMessage() != null -> other.getMessage().toLowerCase(Locale.ROOT);
            default -> "the system gives no reason";
        };
    }
}
