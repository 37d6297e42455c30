package io.arkvale.cuda.driver;

import java.util.ArrayList;
import java.util.List;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUstream;
import jcuda.driver.CUstream_flags;
import org.jspecify.annotations.Nullable;

/** The queues of a cache: computing, copying pages to their backups, and prefetching. */
public final class Streams implements AutoCloseable {
    public final LaunchStream compute = new LaunchStream();
    public final LaunchStream backup = new LaunchStream();
    public final LaunchStream ahead = new LaunchStream();

    private final Device device;
    private final CUevent computed = new CUevent();
    private final CUevent backedUp = new CUevent();

    /** By layer. */
    private final List<CUevent> prefetched = new ArrayList<>();

    private final List<CUstream> streams = new ArrayList<>();
    private final List<CUevent> events = new ArrayList<>();
    private boolean backingUp;

    /** Of the prefetch that was queued last, if compute has not been told to wait for it. */
    private @Nullable CUevent lastPrefetched;

    /**
     * Makes them.
     *
     * @param layers layers that may be prefetched
     * @throws io.arkvale.api.CapacityException if the driver lacks the memory; none is then left behind
     */
    public Streams(Device device, int layers) {
        this.device = device;
        try {
            create(layers);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private void create(int layers) {
        for (var stream : new CUstream[] {compute, backup, ahead}) {
            int result = device.driver.cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING);
            device.checkShortage(result, "cuStreamCreate", "CUDA streams", 1);
            streams.add(stream);
        }
        create(computed);
        create(backedUp);
        for (int layer = 0; layer < layers; layer++) {
            prefetched.add(newEvent());
        }
    }

    private void create(CUevent event) {
        int result = device.driver.cuEventCreate(event, CUevent_flags.CU_EVENT_DISABLE_TIMING);
        device.checkShortage(result, "cuEventCreate", "CUDA events", 1);
        events.add(event);
    }

    /**
     * A new event, owned by the streams.
     *
     * @throws io.arkvale.api.CapacityException if the driver lacks the memory
     */
    public CUevent newEvent() {
        var event = new CUevent();
        create(event);
        return event;
    }

    /** Queues the filling of device memory with a byte, 0 or −1. */
    public void fill(Address target, int value, long bytes) {
        device.check(device.driver.cuMemsetD8Async(target, (byte) value, bytes, compute), "cuMemsetD8Async");
    }

    /** Queues a copy on the device. */
    public void copy(Address source, Address target, long bytes) {
        device.check(device.driver.cuMemcpyDtoDAsync(target, source, bytes, compute), "cuMemcpyDtoDAsync");
    }

    /** What is queued for backup from now on follows what compute has been given so far. */
    public void forkBackup() {
        order(compute, computed, backup);
    }

    /** Notes that backups are under way. */
    public void backupQueued() {
        device.check(device.driver.cuEventRecord(backedUp, backup), "cuEventRecord");
        backingUp = true;
    }

    /** What compute is given from now on follows the backups under way: called before their pages may be evicted. */
    public void awaitBackups() {
        if (backingUp) {
            device.check(device.driver.cuStreamWaitEvent(compute, backedUp, 0), "cuStreamWaitEvent");
            backingUp = false;
        }
    }

    /** What is queued ahead from now on follows what compute has been given so far. */
    public void forkAhead() {
        order(compute, computed, ahead);
    }

    /** Notes that the prefetch of a layer is under way. */
    public void aheadQueued(int layer) {
        lastPrefetched = prefetched.get(layer);
        device.check(device.driver.cuEventRecord(lastPrefetched, ahead), "cuEventRecord");
    }

    /** What compute is given from now on follows the prefetch of a layer, but not those of later ones. */
    public void awaitAhead(int layer) {
        awaitAhead(prefetched.get(layer));
    }

    /** What compute is given from now on follows all prefetches under way. */
    public void awaitAhead() {
        if (lastPrefetched != null) {
            awaitAhead(lastPrefetched);
        }
    }

    private void awaitAhead(CUevent event) {
        if (lastPrefetched == null) {
            return; // all have been waited for
        }
        device.check(device.driver.cuStreamWaitEvent(compute, event, 0), "cuStreamWaitEvent");
        if (event.equals(lastPrefetched)) {
            lastPrefetched = null;
        }
    }

    /** Records an event that comes when everything queued so far has taken effect. */
    public void mark(CUevent event) {
        awaitBackups();
        awaitAhead();
        device.check(device.driver.cuEventRecord(event, compute), "cuEventRecord");
    }

    /** Waits in the host until everything has taken effect. */
    public void synchronize() {
        awaitBackups();
        awaitAhead();
        device.check(device.driver.cuStreamSynchronize(compute), "cuStreamSynchronize");
    }

    private void order(CUstream first, CUevent event, CUstream then) {
        device.check(device.driver.cuEventRecord(event, first), "cuEventRecord");
        device.check(device.driver.cuStreamWaitEvent(then, event, 0), "cuStreamWaitEvent");
    }

    @Override
    public void close() {
        events.forEach(device.driver::cuEventDestroy);
        streams.forEach(device.driver::cuStreamDestroy);
    }
}
