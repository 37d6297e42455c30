#!/usr/bin/env python3
"""Records a trace of a Llama-family model with HuggingFace transformers, for `./arkvale trace replay`.

The context is prefilled with full attention, the question fed token by token, the answer decoded greedily. A model
directory without a tokenizer gets the text's bytes as tokens. Needs torch, transformers and safetensors.
experiments/README.md describes what is written.
"""
import argparse, json, os, pathlib, torch, transformers
from safetensors.torch import save_file
from transformers.models.llama.modeling_llama import apply_rotary_pos_emb

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("model", help="directory or name"), parser.add_argument("context", help="text file")
parser.add_argument("trace", help="file to write"), parser.add_argument("--question", default="", help="default: the last token")
parser.add_argument("--max-tokens", type=int, default=64), parser.add_argument("--dtype", default="float32")
parser.add_argument("--device", default="cpu")
given = parser.parse_args()
model = transformers.AutoModelForCausalLM.from_pretrained(given.model, dtype=given.dtype).to(given.device).eval()
rope, shape, heads = model.model.rotary_emb, model.config, model.config.num_attention_heads
if given.max_tokens < 1 or getattr(rope, "attention_scaling", 1) != 1:
    parser.error("--max-tokens must be at least 1, and the model's RoPE may turn but not scale")

by_bytes = os.path.isdir(given.model) and not any(pathlib.Path(given.model).glob("tokenizer*"))
tokenizer = None if by_bytes else transformers.AutoTokenizer.from_pretrained(given.model)
tokens = list(pathlib.Path(given.context).read_bytes()) if by_bytes else tokenizer.encode(pathlib.Path(given.context).read_text())
feed = list(given.question.encode()) if by_bytes else tokenizer.encode(given.question, add_special_tokens=False)
feed = feed or [tokens.pop()]
context, steps = len(tokens), len(feed) + given.max_tokens - 1

outputs = {}  # of every projection, token by token: queries, keys and values before RoPE
for name, module in model.named_modules():
    if name.endswith(("q_proj", "k_proj", "v_proj")):
        module.register_forward_hook(lambda _, __, out, name=name: outputs.setdefault(name, []).append(out[0]))
with torch.inference_mode():
    part, cache = tokens[:], None
    for step in range(steps + 1):
        seen = model(torch.tensor([part], device=given.device), past_key_values=cache, use_cache=True, logits_to_keep=1)
        cache, part = seen.past_key_values, feed[step : step + 1] or [int(seen.logits[0, -1].argmax())]
        tokens += part if step < steps else []

    head_dim, tensors = outputs["model.layers.0.self_attn.q_proj"][0].shape[-1] // heads, {}
    for layer in range(shape.num_hidden_layers):
        raw, keys, values = (torch.cat(outputs.pop(f"model.layers.{layer}.self_attn.{kind}_proj")).unflatten(-1, (-1, head_dim))
                             for kind in "qkv")  # [tokens, heads, head_dim]
        turns = rope(raw, torch.arange(len(tokens), device=given.device)[None])
        queries, keys = apply_rotary_pos_emb(raw[None], keys[None], *turns, unsqueeze_dim=2)
        vectors = {"queries": queries[0], "raw_queries": raw[context:], "keys": keys[0], "values": values}
        tensors |= {f"layers.{layer}.{kind}": rows.float().cpu().contiguous() for kind, rows in vectors.items()}

text = [bytes([token]) if by_bytes else tokenizer.decode([token]).encode() for token in tokens]
tensors["text"] = torch.tensor(list(b"".join(text)), dtype=torch.uint8)
tensors["text_ends"] = torch.tensor([len(piece) for piece in text]).cumsum(0)
tensors["tokens"] = torch.tensor(tokens, dtype=torch.int32)
tensors["rope_frequencies"] = rope.inv_freq.float().cpu()
header = dict(version=1, layers=shape.num_hidden_layers, query_heads=heads, kv_heads=shape.num_key_value_heads, head_dim=head_dim,
              context_tokens=context, context_queries=context, steps=steps, recorder=f"transformers {transformers.__version__}",
              model=pathlib.Path(given.model).name, seed=0, policy="full", budget=0, dense_layers=shape.num_hidden_layers)
save_file(tensors, given.trace + ".unfinished", metadata={"arkvale-trace": json.dumps(header)})
os.replace(given.trace + ".unfinished", given.trace)
