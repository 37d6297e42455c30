package io.arkvale.cuda.step;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** How scoring digests in few bits divides the shared memory of a block. */
class CodedBlockTest {
    private static final int H100 = 227 << 10;
    private static final int L4 = 99 << 10;

    @Test
    void aBlockFitsTheDevice() {
        for (int headDim = CodedBlock.LEAST_WIDTH; headDim <= 256; headDim++) {
            int words = 340;
            int factorBytes = 25_000;
            for (int memory : new int[] {H100, L4}) {
                var block = CodedBlock.of(headDim, words, factorBytes, memory);
                assertThat(block.stageWords()).isGreaterThanOrEqualTo(words);
                assertThat(block.stageWords() % 8).isEqualTo(4);
                assertThat(block.sharedBytes()).isLessThanOrEqualTo(memory);
                assertThat(block.resident() * (block.sharedBytes() + 1024)).isLessThanOrEqualTo(memory + 1024);
            }
            assertThat(CodedBlock.of(headDim, words, factorBytes, H100).warps()).isEqualTo(4);
            assertThat(CodedBlock.of(headDim, words, factorBytes, L4).warps()).isEqualTo(2);
        }
    }

    @Test
    void theKernelDividesItAlike() throws IOException {
        var block = CodedBlock.of(128, 168, 0, H100);
        assertThat(Files.readString(Path.of("src/main/cuda/estimatecoded.cu")))
                .contains("constexpr int HEADS = " + CodedBlock.HEADS + ";")
                .contains("constexpr int SET = " + block.pages() / block.warps() + ";")
                .contains("constexpr int STAGES = 2;")
                .contains("constexpr int MOST_WARPS = " + block.warps() + ";")
                .contains("32 * MOST_WARPS, " + block.resident() + ")");
    }
}
