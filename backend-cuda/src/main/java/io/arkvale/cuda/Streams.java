package io.arkvale.cuda;

import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUstream;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JCudaDriver;

/** The queues of a cache: computing, copying pages to their backups, and copying them back. */
final class Streams implements AutoCloseable {
    final CUstream compute = new CUstream();
    final CUstream backup = new CUstream();
    final CUstream recall = new CUstream();

    private final Device device;
    private final CUevent computed = new CUevent();
    private final CUevent backedUp = new CUevent();
    private final CUevent recalled = new CUevent();
    private boolean backingUp;

    Streams(Device device) {
        this.device = device;
        for (var stream : new CUstream[] {compute, backup, recall}) {
            device.check(JCudaDriver.cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING), "cuStreamCreate");
        }
        for (var event : new CUevent[] {computed, backedUp, recalled}) {
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

    void forkRecall() {
        order(compute, computed, recall);
    }

    void recallQueued() {
        device.check(JCudaDriver.cuEventRecord(recalled, recall), "cuEventRecord");
    }

    void awaitRecall() {
        device.check(JCudaDriver.cuStreamWaitEvent(compute, recalled, 0), "cuStreamWaitEvent");
    }

    /** Waits in the host until everything has taken effect. */
    void synchronize() {
        awaitBackups();
        device.check(JCudaDriver.cuStreamSynchronize(compute), "cuStreamSynchronize");
    }

    private void order(CUstream first, CUevent event, CUstream then) {
        device.check(JCudaDriver.cuEventRecord(event, first), "cuEventRecord");
        device.check(JCudaDriver.cuStreamWaitEvent(then, event, 0), "cuStreamWaitEvent");
    }

    @Override
    public void close() {
        for (var event : new CUevent[] {computed, backedUp, recalled}) {
            JCudaDriver.cuEventDestroy(event);
        }
        for (var stream : new CUstream[] {compute, backup, recall}) {
            JCudaDriver.cuStreamDestroy(stream);
        }
    }
}
