/**
 * Backups of filled pages. {@link io.arkvale.core.backup.BackupTiers} owns where they lie, a pool of host memory and a file,
 * and copies them, at once or on the thread of its writer; a {@link io.arkvale.core.backup.Backup} is one page's, referred to by
 * the page tables of all forks that share it.
 */
@NullMarked
package io.arkvale.core.backup;

import org.jspecify.annotations.NullMarked;
