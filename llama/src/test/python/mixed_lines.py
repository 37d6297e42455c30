"""Lines of many kinds, the same at every call: what a tokenizer may be given."""
import random

PIECES = [
    "def f(x):\n    return x ** 2  # square",
    "for (int i = 0; i < n; i++) {\n\ta[i] += b[i];\n}",
    "SELECT * FROM t WHERE a<>'b';",
    "naïve café Ärger über Œuvre, Ångström, piñata, smørrebrød",
    "e\u0301 o\u0308 n\u0303",
    "日本語のテキスト、漢字とかな。",
    "中文文本,包含標點。",
    "한국어 텍스트 문장입니다.",
    "Привет, мир! Ещё раз.",
    "שלום עולם مرحبا بالعالم नमस्ते",
    "🙂🙃 👩\u200d👩\u200d👧 🇩🇪 👍🏽 ❤️",
    "  two   three    spaces ",
    "\t\ttabs\tand\nlines\r\n\r\n\n end",
    "1234567 3.14159 0x1F 1e-9 ½ ² ٣",
    "Don't you'll WE'RE it's 'quoted' \"double\"",
    "https://example.org/a?b=c&d=%20#e",
    "\u00a0\u2003\u3000 wide blanks \u200b",
    "ALLCAPS CamelCase snake_case kebab-case",
    "!!!??? ... --- *** ((())) [[]] {{}}",
    "𝒜𝓃𝒸𝒾ℯ𝓃𝓉 𐍈 \u0000 \ufffd \ufeff",
    "The quick brown fox jumps over the lazy dog.",
    "",
    " ",
    "\n",
    "x",
]


def mixed_lines(count, specials):
    """`count` lines: each piece alone, each special token inside of text, then random joins of both."""
    source = random.Random(16)
    lines = list(PIECES)
    lines += [text for special in specials for text in (special, "before " + special + " after", special + special)]
    while len(lines) < count:
        parts = [source.choice(PIECES + specials) for _ in range(source.randint(2, 5))]
        lines.append(source.choice(["", " ", "\n"]).join(parts))
    return lines[:count]
