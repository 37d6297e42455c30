package org.example.kvcache;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Page table of one sequence in one layer. */
final class Table {
    final List<Page> pages;
    /** Resident pages, one set a head group. */
    final BitSet[] resident;
    /** Pages of the last selection or attention, one set a head group. */
    final BitSet[] attended;

    int tokens;

    Table(int groups) {
        pages = new ArrayList<>();
        resident = sets(groups);
        attended = sets(groups);
    }

    Table(Table other) {
        pages = new ArrayList<>(other.pages);
        resident = new BitSet[other.resident.length];
        attended = new BitSet[other.resident.length];
        for (var group = 0; group < resident.length; group++) {
            resident[group] = (BitSet) other.resident[group].clone();
            attended[group] = (BitSet) other.attended[group].clone();
        }
        tokens = other.tokens;
    }

    private static BitSet[] sets(int groups) {
        var sets = new BitSet[groups];
        for (var group = 0; group < groups; group++) {
            sets[group] = new BitSet();
        }
        return sets;
    }
}
