package io.arkvale.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;

/** Copies runs of elements from what was uploaded to pages: recall. */
final class PutKernel {
    private PutKernel() {}

    static void put(
            KernelContext context,
            IntArray table,
            FloatArray staging,
            ShortArray narrowStaging,
            FloatArray pages,
            ShortArray narrow) {
        PageRuns.copy(context, table, Table.PUT, staging, narrowStaging, pages, narrow);
    }
}
