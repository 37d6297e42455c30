package io.arkvale.experiments.input;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WholeLinesTest {
    /** A stream that gives at most so many bytes at a time. */
    private static InputStream slow(String content, int most) {
        return new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8)) {
            @Override
            public synchronized int read(byte[] bytes, int offset, int length) {
                return super.read(bytes, offset, Math.min(most, length));
            }
        };
    }

    private static List<String> all(WholeLines lines) throws IOException {
        var all = new ArrayList<String>();
        for (var line = lines.next(); line != null; line = lines.next()) {
            all.add(new String(line, StandardCharsets.UTF_8));
        }
        return all;
    }

    /** Lines around the size of the first buffer, and far beyond, whatever the stream gives at a time. */
    @ParameterizedTest
    @ValueSource(ints = {1, 1000, 1 << 16, 1 << 20})
    void linesComeBackWhole(int most) throws IOException {
        var wanted = new ArrayList<String>();
        for (int length : new int[] {0, 1, 65_535, 0, 65_536, 7, 65_537, 300_000, 3}) {
            wanted.add("x".repeat(length));
        }
        var content = String.join("\n", wanted) + "\n";
        var lines = new WholeLines(slow(content + "a cut one", most));
        assertThat(all(lines)).isEqualTo(wanted);
        assertThat(lines.end()).isEqualTo(content.length());
        assertThat(lines.isCut()).isTrue();
    }

    @Test
    void nothingIsNoLine() throws IOException {
        var lines = new WholeLines(slow("", 1));
        assertThat(lines.next()).isNull();
        assertThat(lines.end()).isZero();
        assertThat(lines.isCut()).isFalse();
        var empty = new WholeLines(slow("\n", 1));
        assertThat(all(empty)).containsExactly("");
        assertThat(empty.isCut()).isFalse();
    }
}
