package io.arkvale.llama.text;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ByteTokenizerTest {

    private final ByteTokenizer tokenizer = new ByteTokenizer();

    @Test
    void aCharacterIsGivenWhole() {
        var stream = tokenizer.stream();
        byte[] smile = "🙂".getBytes(UTF_8);
        for (int i = 0; i < 3; i++) {
            assertThat(stream.add(Byte.toUnsignedInt(smile[i]))).isEmpty();
        }
        assertThat(stream.add(Byte.toUnsignedInt(smile[3]))).isEqualTo(smile);
    }

    @Test
    void whatTheEndCutsOffIsGivenAsItIs() {
        var stream = tokenizer.stream();
        stream.add(0xF0);
        assertThat(stream.end()).containsExactly(0xF0);
        assertThat(stream.add('a')).containsExactly('a');
    }

    @Test
    void anyBytesComeOutAsTheyWentIn() {
        var random = new SplittableRandom(8);
        for (int round = 0; round < 500; round++) {
            int[] tokens = random.ints(random.nextInt(30), 0, 256).toArray();
            var text = new ByteArrayOutputStream();
            var stream = tokenizer.stream();
            for (int token : tokens) {
                text.writeBytes(stream.add(token));
            }
            text.writeBytes(stream.end());
            assertThat(text.toByteArray()).isEqualTo(tokenizer.decode(tokens));
        }
    }

    @Test
    void aTokenThatIsNoByteIsRefused() {
        assertThatThrownBy(() -> tokenizer.decode(new int[] {256})).hasMessage("token 256 is no byte");
    }
}
