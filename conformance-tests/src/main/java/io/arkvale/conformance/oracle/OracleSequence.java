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
    private boolean promptOpen;

    /** An empty sequence. */
    public OracleSequence(CacheSpec cache, SequenceSpec spec) {
        this.spec = spec;
        for (var layer = 0; layer < cache.layers(); layer++) {
            tables.add(new OracleTable(cache, spec, layer));
        }
    }

    private OracleSequence(OracleSequence original, int length, SequenceSpec spec) {
        this.spec = spec;
        this.length = length;
        promptOpen = true;
        original.tables.forEach(table -> tables.add(table.fork(spec, length)));
    }

    private OracleSequence(OracleSequence other) {
        spec = other.spec;
        length = other.length;
        promptOpen = other.promptOpen;
        other.tables.forEach(table -> tables.add(table.copy()));
    }

    /** A copy that shares its pages: what a fork must hold, or what a step without commit must restore. */
    public OracleSequence copy() {
        return new OracleSequence(this);
    }

    /** What a fork at a length with settings of its own must hold (rule 711). */
    public OracleSequence fork(int length, SequenceSpec settings) {
        return new OracleSequence(this, length, settings);
    }

    /** Takes the tokens from {@code length} on away (rule 709). */
    public void truncate(int length) {
        this.length = length;
        tables.forEach(table -> table.truncate(length));
    }

    /** Takes the state of a copy made before. */
    public void restore(OracleSequence copy) {
        length = copy.length;
        promptOpen = copy.promptOpen;
        tables = new ArrayList<>();
        copy.tables.forEach(table -> tables.add(table.copy()));
    }

    /** Grows by {@code tokens}, as a step does when it opens; the layers follow. */
    public void grow(int tokens) {
        length += tokens;
    }

    /** Whether its prompt goes on (rule 611). */
    public boolean isPromptOpen() {
        return promptOpen;
    }

    /** A step has been committed that leaves the prompt open, or does not. */
    public void endStep(boolean promptOpen) {
        this.promptOpen = promptOpen;
        tables.forEach(OracleTable::leaveWindow);
    }

    /** The least length that tokens can be taken back to (rule 714). */
    public int leastLength() {
        return tables.stream()
                .mapToInt(table -> Math.toIntExact(table.leastLength()))
                .max()
                .orElse(0);
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
