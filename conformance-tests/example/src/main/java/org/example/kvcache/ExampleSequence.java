package org.example.kvcache;

import io.arkvale.api.CallOrderException;
import io.arkvale.api.ClosedException;
import io.arkvale.api.Sequence;
import io.arkvale.api.SequenceSpec;
import java.util.ArrayList;
import java.util.List;

/** A sequence: one page table a layer. */
class ExampleSequence implements Sequence {
    final ExampleCache cache;
    final SequenceSpec spec;
    List<Table> tables = new ArrayList<>();
    int length;
    boolean poisoned;
    boolean closed;

    ExampleSequence(ExampleCache cache, SequenceSpec spec) {
        this.cache = cache;
        this.spec = spec;
    }

    @Override
    public SequenceSpec spec() {
        return spec;
    }

    @Override
    public int length() {
        return length;
    }

    @Override
    public boolean isPoisoned() {
        return poisoned;
    }

    void checkOpen() {
        if (closed) {
            throw new ClosedException("the sequence is closed");
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        if (cache.step != null) {
            throw new CallOrderException("a sequence cannot be closed while a step is open");
        }
        closed = true;
        cache.forget(this);
    }
}
