"""HuggingFace transformers on a large Llama, two threads: load seconds, resident MiB, prefill seconds, milliseconds a decoded token.

usage: large_model_cpu.py MODEL_DIR [bfloat16|float32] [ROUNDS] [PROMPT]
"""
import statistics, sys, time, torch
from transformers import AutoModelForCausalLM

DECODED = 8
directory = sys.argv[1]
dtype = getattr(torch, sys.argv[2] if len(sys.argv) > 2 else "bfloat16")
rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 5
length = int(sys.argv[4]) if len(sys.argv) > 4 else 512
torch.set_num_threads(2)
start = time.perf_counter()
model = AutoModelForCausalLM.from_pretrained(directory, dtype=dtype).eval()
print(f"load: {time.perf_counter() - start:.2f} s", flush=True)
ids = torch.randint(0, model.config.vocab_size, (1, length), generator=torch.Generator().manual_seed(1))
prefills, decodes = [], []
with torch.inference_mode():
    for _ in range(rounds):
        start = time.perf_counter()
        cache = model(ids, use_cache=True, logits_to_keep=1).past_key_values
        prefills.append(time.perf_counter() - start)
        start = time.perf_counter()
        for token in range(DECODED):
            model(torch.tensor([[token]]), past_key_values=cache, use_cache=True)
        decodes.append((time.perf_counter() - start) / DECODED)
print(f"prefill of {length} tokens, median: {statistics.median(prefills):.2f} s")
print(f"decode, median: {statistics.median(decodes) * 1e3:.2f} ms per token")
for line in open("/proc/self/status"):
    if line.startswith(("VmRSS", "RssAnon", "RssFile")):
        print(f"resident, {line.split(':')[0]}: {int(line.split()[1]) / 1024:.2f} MiB")
