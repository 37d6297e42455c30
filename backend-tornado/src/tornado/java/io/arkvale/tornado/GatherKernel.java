package io.arkvale.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;

/** Collects runs of elements of pages for the host: backups, and what a view reads. */
final class GatherKernel {
    private GatherKernel() {}

    static void gather(
            KernelContext context,
            IntArray table,
            FloatArray pages,
            ShortArray narrow,
            FloatArray staging,
            ShortArray narrowStaging) {
        PageRuns.copy(context, table, Table.GATHER, pages, narrow, staging, narrowStaging);
    }
}
