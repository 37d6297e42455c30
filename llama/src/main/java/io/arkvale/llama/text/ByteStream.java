package io.arkvale.llama.text;

import java.io.ByteArrayOutputStream;

/** Bytes as they come, in whole characters of UTF-8 where they are UTF-8; other bytes are given as they are. */
final class ByteStream implements TextStream {

    private final ByteTokenizer tokenizer;
    private final ByteArrayOutputStream held = new ByteArrayOutputStream(4);
    /** Bytes that the character begun still needs. */
    private int missing;

    ByteStream(ByteTokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    @Override
    public byte[] add(int token) {
        byte next = tokenizer.decode(new int[] {token})[0];
        boolean continues = (next & 0xC0) == 0x80;
        if (continues && missing > 0) {
            missing--;
        } else {
            // What was begun before, if anything, is no character: it goes out with this byte or the ones after it.
            missing = following(next);
        }
        held.write(next);
        return missing > 0 ? new byte[0] : end();
    }

    /** Bytes that follow a first byte of UTF-8. */
    private static int following(byte first) {
        int lead = Byte.toUnsignedInt(first);
        if (lead >= 0xF0 && lead <= 0xF4) {
            return 3;
        }
        if (lead >= 0xE0 && lead < 0xF0) {
            return 2;
        }
        return lead >= 0xC2 && lead < 0xE0 ? 1 : 0;
    }

    @Override
    public byte[] end() {
        missing = 0;
        byte[] text = held.toByteArray();
        held.reset();
        return text;
    }
}
