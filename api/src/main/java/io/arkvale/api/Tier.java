package io.arkvale.api;

/** Where the backup of a group page lives. */
public enum Tier {
    /** No backup: the page is not full yet, or its layer has no budget. */
    NONE,
    /** Host memory. */
    HOST,
    /** A file in the cache's disk directory. */
    DISK
}
