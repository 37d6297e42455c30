package io.arkvale.cuda;

import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUstream;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JCudaDriver;

/** The queues of a cache: computing, what runs beside a decode, copying pages to their backups, and prefetching. */
final class Streams implements AutoCloseable {
    final CUstream compute = new CUstream();
    final CUstream backup = new CUstream();
    final CUstream aside = new CUstream();
    final CUstream ahead = new CUstream();

    private final Device device;
    private final CUevent computed = new CUevent();
    private final CUevent backedUp = new CUevent();
    private final CUevent joining = new CUevent();
    private final CUevent prefetched = new CUevent();
    private boolean backingUp;
    private boolean prefetching;

    Streams(Device device) {
        this.device = device;
        for (var stream : new CUstream[] {compute, backup, aside, ahead}) {
            device.check(JCudaDriver.cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING), "cuStreamCreate");
        }
        for (var event : new CUevent[] {computed, backedUp, joining, prefetched}) {
            device.check(JCudaDriver.cuEventCreate(event, CUevent_flags.CU_EVENT_DISABLE_TIMING), "cuEventCreate");
        }
    }

    /** What is queued for backup from now on follows what compute has been given so far. */
    void forkBackup() {
        order(compute, computed, backup);
    }

    /** Notes that backups are under way. */
    void backupQueued() {
        device.check(JCudaDriver.cuEventRecord(backedUp, backup), "cuEventRecord");
        backingUp = true;
    }

    /** What compute is given from now on follows the backups under way: called before their pages may be evicted. */
    void awaitBackups() {
        if (backingUp) {
            device.check(JCudaDriver.cuStreamWaitEvent(compute, backedUp, 0), "cuStreamWaitEvent");
            backingUp = false;
        }
    }

    /** What is queued aside from now on follows what compute has been given so far. */
    void forkAside() {
        order(compute, computed, aside);
    }

    /** What compute is given from now on follows what was queued aside. */
    void joinAside() {
        order(aside, joining, compute);
    }

    /** The same for prefetches. */
    void forkAhead() {
        order(compute, computed, ahead);
    }

    /** Notes that a prefetch is under way. */
    void aheadQueued() {
        device.check(JCudaDriver.cuEventRecord(prefetched, ahead), "cuEventRecord");
        prefetching = true;
    }

    /** What compute is given from now on follows the prefetches under way. */
    void awaitAhead() {
        if (prefetching) {
            device.check(JCudaDriver.cuStreamWaitEvent(compute, prefetched, 0), "cuStreamWaitEvent");
            prefetching = false;
        }
    }

    /** Waits in the host until everything has taken effect. */
    void synchronize() {
        awaitBackups();
        awaitAhead();
        device.check(JCudaDriver.cuStreamSynchronize(compute), "cuStreamSynchronize");
    }

    private void order(CUstream first, CUevent event, CUstream then) {
        device.check(JCudaDriver.cuEventRecord(event, first), "cuEventRecord");
        device.check(JCudaDriver.cuStreamWaitEvent(then, event, 0), "cuStreamWaitEvent");
    }

    @Override
    public void close() {
        for (var event : new CUevent[] {computed, backedUp, joining, prefetched}) {
            JCudaDriver.cuEventDestroy(event);
        }
        for (var stream : new CUstream[] {compute, backup, aside, ahead}) {
            JCudaDriver.cuStreamDestroy(stream);
        }
    }
}
