"""Makes the small tokenizers of the tests, one of each kind, and what Python's tokenizers library does with them.

usage: small_tokenizers.py          (writes ../resources/tokenizers; needs `tokenizers`)
"""
import json
import pathlib

from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from mixed_lines import mixed_lines

OUT = pathlib.Path(__file__).parent.parent / "resources" / "tokenizers"
CORPUS = [
    "The keys and values of old tokens live in pages. Each full page is summarised, and before attention the important",
    "pages are recalled. The grass is green. The sky is blue. The sun is yellow. Here we go. There and back again.",
    "What is the pass key? The pass key is 31415. Remember it. naïve café 🙂 日本語 def f(x): return x",
] * 4
BYTE_TOKENS = [f"<0x{byte:02X}>" for byte in range(256)]


def byte_level():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=330, special_tokens=["<|end|>"], initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    tokenizer.train_from_iterator(CORPUS, trainer)
    return tokenizer


def byte_fallback():
    """As Llama 2's: a blank is put before a text, unknown characters are bytes, BOS comes first."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    trainer = trainers.BpeTrainer(
        vocab_size=380, special_tokens=["<unk>", "<s>", "</s>", *BYTE_TOKENS], show_progress=False, limit_alphabet=60
    )
    tokenizer.train_from_iterator([line.replace(" ", "▁") for line in CORPUS], trainer)
    # Byte tokens must not be found in texts, so they are entries of the vocabulary only.
    made = json.loads(tokenizer.to_str())
    made["added_tokens"] = made["added_tokens"][:3]
    tokenizer = Tokenizer.from_str(json.dumps(made))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    return tokenizer


def unigram():
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="always")
    trainer = trainers.UnigramTrainer(
        vocab_size=150, special_tokens=["<unk>", "<s>", "</s>"], unk_token="<unk>", show_progress=False
    )
    tokenizer.train_from_iterator(CORPUS, trainer)
    tokenizer.add_special_tokens([AddedToken("<|turn|>", special=True)])
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A </s>", special_tokens=[("<s>", 1), ("</s>", 2)])
    return tokenizer


for name, make, specials, beginning, ending in (
    ("byte-level", byte_level, ["<|end|>"], 0, 0),
    ("byte-fallback", byte_fallback, ["<s>", "</s>"], 1, 0),
    ("unigram", unigram, ["<|turn|>", "<s>"], 1, 1),
):
    folder = OUT / name
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = make()
    tokenizer.save(str(folder / "tokenizer.json"))
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    cases = []
    for text in mixed_lines(90, specials):
        ids = tokenizer.encode(text).ids
        words = tokenizer.encode(text, add_special_tokens=False).ids
        assert ids[beginning : len(ids) - ending] == words
        cases.append({"text": text, "ids": ids[: len(ids) - ending], "decoded": tokenizer.decode(words, skip_special_tokens=False)})
    lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases)
    (folder / "expected.json").write_text(f'{{"beginning": {beginning}, "cases": [\n{lines}\n]}}\n', encoding="utf-8")
