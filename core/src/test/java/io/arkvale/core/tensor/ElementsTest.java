package io.arkvale.core.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.arkvale.api.ElementType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ElementsTest {
    /** Enough for several elements read together, and some left over. */
    private static final int ELEMENTS = 11;

    private static final int[] PLACES = {0, 3, 8, 10};

    @ParameterizedTest
    @EnumSource(names = {"F16", "BF16"})
    void everyElementOf16BitsIsFiniteOrNotWhereverItStands(ElementType type) {
        var memory = MemorySegment.ofArray(new byte[2 * ELEMENTS]);
        for (int at : PLACES) {
            for (int bits = 0; bits < 1 << 16; bits++) {
                memory.set(ValueLayout.JAVA_SHORT_UNALIGNED, 2L * at, (short) bits);
                boolean expected = Float.isFinite(Elements.get(memory, type, at));
                assertEquals(expected, Elements.areFinite(memory, type, 0, ELEMENTS));
                assertEquals(at == 0 || expected, Elements.areFinite(memory, type, 1, ELEMENTS - 1));
                assertEquals(at > 8 || expected, Elements.areFinite(memory, type, 0, 9));
            }
            memory.set(ValueLayout.JAVA_SHORT_UNALIGNED, 2L * at, (short) -1);
            assertEquals(false, Elements.areFinite(memory, type, 0, ELEMENTS));
            memory.set(ValueLayout.JAVA_SHORT_UNALIGNED, 2L * at, (short) 0);
        }
    }

    @ParameterizedTest
    @EnumSource(names = "F32")
    void elementsOf32BitsAreFiniteUnlessTheirExponentIsAllOnes(ElementType type) {
        var memory = MemorySegment.ofArray(new byte[4 * ELEMENTS]);
        for (int at : PLACES) {
            for (int upper = 0; upper < 1 << 16; upper++) {
                for (int lower : new int[] {0, 1, 0xffff}) {
                    memory.set(ValueLayout.JAVA_INT_UNALIGNED, 4L * at, upper << 16 | lower);
                    boolean expected = Float.isFinite(Elements.get(memory, type, at));
                    assertEquals(expected, Elements.areFinite(memory, type, 0, ELEMENTS));
                }
            }
            memory.set(ValueLayout.JAVA_INT_UNALIGNED, 4L * at, 0);
        }
    }
}
