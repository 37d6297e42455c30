package io.arkvale.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;

/** Copies runs of elements from pages to pages: a last page that forks share. */
final class CopyKernel {
    private CopyKernel() {}

    static void copy(KernelContext context, IntArray table, FloatArray pages, ShortArray narrow) {
        PageRuns.copy(context, table, Table.COPY, pages, narrow, pages, narrow);
    }
}
