package io.arkvale.llama.generation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class StopTextsTest {

    private static String add(StopTexts stops, String more) {
        return new String(stops.add(more.getBytes(UTF_8)), UTF_8);
    }

    @Test
    void aTextEndsBeforeItsStop() {
        var stops = new StopTexts(List.of("\n\n", "END"));
        assertThat(add(stops, "one\n")).isEqualTo("one");
        assertThat(add(stops, "two E")).isEqualTo("\ntwo ");
        assertThat(add(stops, "N")).isEmpty();
        assertThat(stops.stopped()).isFalse();
        assertThat(add(stops, "D and more")).isEmpty();
        assertThat(stops.stopped()).isTrue();
        assertThat(add(stops, "x")).isEmpty();
        assertThat(stops.end()).isEmpty();
    }

    @Test
    void whatOnlyLooksLikeAStopIsGiven() {
        var stops = new StopTexts(List.of("aab"));
        assertThat(add(stops, "aaa")).isEqualTo("a");
        assertThat(add(stops, "c")).isEqualTo("aac");
        assertThat(add(stops, "aa")).isEmpty();
        assertThat(new String(stops.end(), UTF_8)).isEqualTo("aa");
    }

    @Test
    void aStopInsideOfALongerOneEndsTheText() {
        var stops = new StopTexts(List.of("abcde", "c"));
        assertThat(add(stops, "xabc")).isEqualTo("xab");
        assertThat(stops.stopped()).isTrue();
    }

    @Test
    void ofTwoStopsTheFirstInTheTextCounts() {
        var stops = new StopTexts(List.of("b", "a"));
        assertThat(add(stops, "xayb")).isEqualTo("x");
    }

    @Test
    void withoutStopsEverythingIsGiven() {
        var stops = new StopTexts(List.of());
        assertThat(add(stops, "abc")).isEqualTo("abc");
        assertThatThrownBy(() -> new StopTexts(List.of("")))
                .hasMessage("a text to stop at is empty; allowed: one character or more");
    }
}
