package io.arkvale.conformance.oracle;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.SequenceSpec;
import java.util.ArrayList;
import java.util.List;

/** What a sequence must hold: one page table a layer. */
public final class OracleSequence {
    private final SequenceSpec spec;
    private List<OracleTable> tables = new ArrayList<>();
    private int length;

    /** An empty sequence. */
    public OracleSequence(CacheSpec cache, SequenceSpec spec) {
        this.spec = spec;
        for (var layer = 0; layer < cache.layers(); layer++) {
            tables.add(new OracleTable(cache, spec, layer));
        }
    }

    private OracleSequence(OracleSequence other) {
        spec = other.spec;
        length = other.length;
        other.tables.forEach(table -> tables.add(table.copy()));
    }

    /** A copy that shares its pages: what a fork must hold, or what a step without commit must restore. */
    public OracleSequence copy() {
        return new OracleSequence(this);
    }

    /** Takes the state of a copy made before. */
    public void restore(OracleSequence copy) {
        length = copy.length;
        tables = new ArrayList<>();
        copy.tables.forEach(table -> tables.add(table.copy()));
    }

    /** Grows by {@code tokens}, as a step does when it opens; the layers follow. */
    public void grow(int tokens) {
        length += tokens;
    }

    /** The settings. */
    public SequenceSpec spec() {
        return spec;
    }

    /** Tokens, those of an open step included. */
    public int length() {
        return length;
    }

    /** Page table of a layer. */
    public OracleTable table(int layer) {
        return tables.get(layer);
    }
}
