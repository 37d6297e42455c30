"""Whole decode steps of 7B and 8B shapes with random weights on a GPU: HuggingFace transformers as it comes, and a CUDA graph of the same products with cuDNN or
flash attention over contiguous keys and values (the best PyTorch gives). Or the prefill of one prompt by the same products and causal attention. A line of JSON per number.
usage: model_gpu.py [TOKENS ...] [--only-graph | --prefill]      (32,768 and 8,192 tokens unless others are named)"""
import argparse, json, time, torch
import torch.nn.functional as F
from torch.nn.attention import SDPBackend, sdpa_kernel
from transformers import LlamaConfig, LlamaForCausalLM
from transformers.cache_utils import DynamicCache

arguments = argparse.ArgumentParser()
arguments.add_argument("tokens", type=int, nargs="*", default=[8192, 32768])
arguments.add_argument("--only-graph", action="store_true", help="leave out transformers as it comes")
arguments.add_argument("--prefill", action="store_true", help="time prefills in place of decode steps")
arguments = arguments.parse_args()
torch.manual_seed(0)
torch.set_default_dtype(torch.bfloat16)
dev = "cuda"


def median_ms(run, runs=20, warm_up=5):
    for _ in range(warm_up):
        run()
    times = []
    for _ in range(runs):
        torch.cuda.synchronize()
        start = time.perf_counter()
        run()
        torch.cuda.synchronize()
        times.append((time.perf_counter() - start) * 1e3)
    return sorted(times)[runs // 2]


def report(**values):
    print(json.dumps(values), flush=True)


def prefill_ms(kv_heads, intermediate, weights, head, tokens, chunk=4096):
    """One prompt, layer by layer; products in chunks, which changes nothing but the memory they need."""
    width = 4096
    x = torch.randn(tokens, width, device=dev)
    angles = torch.outer(torch.arange(tokens, device=dev, dtype=torch.float32),
                         500000.0 ** (-torch.arange(64, device=dev, dtype=torch.float32) / 64))
    cosine, sine = angles.cos().to(torch.bfloat16)[:, None], angles.sin().to(torch.bfloat16)[:, None]

    def turn(heads):
        first, second = heads.chunk(2, dim=-1)
        return torch.cat((first * cosine - second * sine, second * cosine + first * sine), dim=-1)

    def run():
        y = x.clone()
        for wqkv, wo, wgu, wd in weights:
            qkv = F.linear(F.rms_norm(y, (width,)), wqkv)
            query, keys, values = (heads.reshape(tokens, -1, 128) for heads in qkv.split((width, kv_heads * 128, kv_heads * 128), -1))
            query, keys = turn(query), turn(keys)
            attended = F.scaled_dot_product_attention(*(heads.transpose(0, 1)[None] for heads in (query, keys, values)),
                                                      is_causal=True, enable_gqa=True)
            attended = attended[0].transpose(0, 1).reshape(tokens, width)
            for begin in range(0, tokens, chunk):
                part = y[begin:begin + chunk]
                part += F.linear(attended[begin:begin + chunk], wo)
                gate_up = F.linear(F.rms_norm(part, (width,)), wgu)
                part += F.linear(F.silu(gate_up[:, :intermediate]) * gate_up[:, intermediate:], wd)
        return F.linear(F.rms_norm(y[-1:], (width,)), head).argmax()

    with torch.no_grad():
        return median_ms(run, 3, 1)


for kv_heads, batches in ((8, (1, 4, 8, 12)), (32, (1, 2, 3))):
    intermediate, vocabulary = (14336, 128256) if kv_heads == 8 else (11008, 32000)
    config = LlamaConfig(hidden_size=4096, intermediate_size=intermediate, num_hidden_layers=32, num_attention_heads=32,
                         num_key_value_heads=kv_heads, vocab_size=vocabulary, max_position_embeddings=140000)
    with torch.device(dev):
        model = LlamaForCausalLM(config).eval()
    as_it_comes = ((32768, 1), (32768, 4)) if kv_heads == 8 else ((32768, 1), (32768, 2))
    for tokens, batch in () if arguments.only_graph or arguments.prefill else as_it_comes:
        cache = DynamicCache(config=config)
        for layer in range(32):
            shape = (batch, kv_heads, tokens, 128)
            cache.update(torch.randn(shape, device=dev), torch.randn(shape, device=dev), layer)
        token = torch.zeros(batch, 1, dtype=torch.long, device=dev)

        def step():
            with torch.no_grad():
                position = torch.full((batch, 1), cache.get_seq_length(), device=dev)
                model(input_ids=token, past_key_values=cache, use_cache=True, position_ids=position, logits_to_keep=1)

        report(what="transformers", kv_heads=kv_heads, batch=batch, tokens=tokens, ms=round(median_ms(step, 10, 3), 2))
        del cache
        torch.cuda.empty_cache()
    head = model.lm_head.weight.detach().clone()
    del model
    torch.cuda.empty_cache()
    width = 4096
    # Weights of all layers, so that nothing stays in the L2 cache.
    weights = [[torch.randn(shape, device=dev) for shape in ((width + 2 * kv_heads * 128, width), (width, width),
               (2 * intermediate, width), (width, intermediate))] for _ in range(32)]
    for tokens in arguments.tokens:
        if arguments.prefill:
            for backend in (SDPBackend.CUDNN_ATTENTION, SDPBackend.FLASH_ATTENTION):
                with sdpa_kernel([backend]):
                    ms = prefill_ms(kv_heads, intermediate, weights, head, tokens)
                report(what="PyTorch, prefill, " + backend.name, kv_heads=kv_heads, batch=1, tokens=tokens, ms=round(ms, 1))
            continue
        for batch in batches:
            try:
                store = [[torch.randn(batch, kv_heads, tokens, 128, device=dev) for _ in range(2)] for _ in range(4)]
                x = torch.randn(batch, width, device=dev)

                def whole():
                    y = x
                    for layer in range(32):
                        wqkv, wo, wgu, wd = weights[layer]
                        keys, values = store[layer % 4]
                        qkv = F.linear(F.rms_norm(y, (width,)), wqkv)
                        query = qkv[:, :width].reshape(batch, 32, 1, 128)
                        attended = F.scaled_dot_product_attention(query, keys, values, enable_gqa=True)
                        y = y + F.linear(attended.reshape(batch, width), wo)
                        gate_up = F.linear(F.rms_norm(y, (width,)), wgu)
                        y = y + F.linear(F.silu(gate_up[:, :intermediate]) * gate_up[:, intermediate:], wd)
                    return F.linear(F.rms_norm(y, (width,)), head)

                with sdpa_kernel([SDPBackend.CUDNN_ATTENTION, SDPBackend.FLASH_ATTENTION]), torch.no_grad():
                    side = torch.cuda.Stream()
                    side.wait_stream(torch.cuda.current_stream())
                    with torch.cuda.stream(side):
                        whole()
                        whole()
                    torch.cuda.current_stream().wait_stream(side)
                    graph = torch.cuda.CUDAGraph()
                    with torch.cuda.graph(graph):
                        whole()
                report(what="PyTorch in one CUDA graph", kv_heads=kv_heads, batch=batch, tokens=tokens,
                       ms=round(median_ms(graph.replay), 3))
                del store, graph
            except torch.OutOfMemoryError:
                report(what="PyTorch in one CUDA graph", kv_heads=kv_heads, batch=batch, tokens=tokens, ms=None)
            torch.cuda.empty_cache()
    del weights, head
    torch.cuda.empty_cache()
