"""Times the CUDA backend's kernels beside PyTorch's attention, in one process on one GPU: a line of JSON a number.

usage: python3 benchmarks/gpu/kernels.py > benchmarks/results/kernels-GPU.jsonl      (needs PyTorch and CuPy)
Medians of single runs timed with events, after a read of 128 MB that leaves nothing useful in the L2 cache.
"""

import json
import sys

import cupy
import torch
import torch.nn.functional as F
from torch.nn.attention import SDPBackend, sdpa_kernel

from layer import Layer

SHAPES = ((32, 8, 1, 32768), (32, 8, 8, 32768), (32, 8, 4, 8192), (32, 8, 8, 131072), (32, 32, 4, 32768), (32, 32, 4, 131072))
BUDGET_PAGES, ATTENDED_PAGES = 64, 32

stream = torch.cuda.Stream()
torch.cuda.set_stream(stream)
cupy.cuda.ExternalStream(stream.cuda_stream).use()
cold = torch.zeros(32 << 20, device="cuda", dtype=torch.int32)


def median_us(run, runs=25, flush=True):
    times = []
    for i in range(runs + 5):
        if flush:
            cold.sum()
        torch.cuda._sleep(100_000)  # so that the launch is queued before the clock starts
        start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        start.record(stream)
        run()
        end.record(stream)
        end.synchronize()
        times.append(start.elapsed_time(end) * 1e3)
    return sorted(times[5:])[runs // 2]


def report(what, us, **more):
    print(json.dumps({"what": what, **more, "us": round(us, 2)}), flush=True)


def peers(shape):
    query_heads, kv_heads, batch, tokens = shape
    query = torch.randn(batch, query_heads, 1, 128, device="cuda", dtype=torch.float16)
    keys = torch.randn(batch, kv_heads, tokens, 128, device="cuda", dtype=torch.float16)
    values = torch.randn_like(keys)
    times = {}
    for backend in (SDPBackend.FLASH_ATTENTION, SDPBackend.CUDNN_ATTENTION):
        with sdpa_kernel(backend):
            times[backend.name] = median_us(lambda: F.scaled_dot_product_attention(query, keys, values, enable_gqa=True))
    return times


def decode_step(layer, multiprocessors):
    """The kernels of a fused decode with a budget, in which all selected pages are resident, as one graph."""
    table = layer.table.clone()
    layer.select()()
    attended = layer.attended[:, : ATTENDED_PAGES + 1].long()
    layer.table.fill_(-1)
    layer.table.scatter_(1, attended, table.gather(1, attended))
    parts = {
        "append": layer.append(), "estimate": layer.estimate(multiprocessors), "select": layer.select(),
        "acquire": layer.acquire(), "gather": layer.gather(), "attend": layer.attend(1), "attend recalled": layer.attend(2)}
    for run in parts.values():
        run()
    torch.cuda.synchronize()
    capturing = cupy.cuda.get_current_stream()
    capturing.begin_capture()
    for run in parts.values():
        run()
    return parts, capturing.end_capture()


def measure(shape):
    query_heads, kv_heads, batch, tokens = shape
    named = dict(query_heads=query_heads, kv_heads=kv_heads, batch=batch, tokens=tokens)
    best = min((us, name) for name, us in peers(shape).items())
    report("PyTorch contiguous attention, the better", best[0], backend=best[1], **named)
    layer = Layer(batch, query_heads, kv_heads, 128, tokens)
    full = median_us(layer.attend())
    report("paged attention, all pages", full, of_peer=round(best[0] / full, 3), **named)
    layer.limit(BUDGET_PAGES, ATTENDED_PAGES)
    multiprocessors = torch.cuda.get_device_properties(0).multi_processor_count
    us = median_us(layer.estimate(multiprocessors))
    digest_bytes = layer.pages * batch * kv_heads * 2 * 128 * 2
    report("scoring", us, gb_s=round(digest_bytes / us / 1e3), of_copy=round(digest_bytes / us / 1e3 / copy_gb_s, 3), **named)
    parts, graph = decode_step(layer, multiprocessors)
    for name, run in parts.items():
        report("part: " + name, median_us(run), **named)
    us = median_us(lambda: graph.launch(cupy.cuda.get_current_stream()))
    report("whole decode, budget 2048, no recall", us, times_faster_than_peer=round(best[0] / us, 2), **named)


def copies():
    source = torch.zeros(4 << 30, dtype=torch.uint8, device="cuda")
    target = torch.empty_like(source)
    us = median_us(lambda: target.copy_(source), 10, False)
    report("device copy", us, gb_s=round(2 * source.numel() / us / 1e3))
    return 2 * source.numel() / us / 1e3


def recalls():
    for kv_heads in (32, 8, 1):
        layer = Layer(4, kv_heads, kv_heads, 128, 1024, host_slots=256)
        for pages in (1, 4, 16, 64):
            layer.moves[:pages, 0] = torch.randperm(256)[:pages].to(torch.int32).cuda()
            layer.moves[:pages, 1] = torch.randperm(128)[:pages].to(torch.int32).cuda()
            layer.move_count.fill_(pages)
            us = median_us(layer.gather(), flush=False)
            report("recall", us, pages=pages, page_bytes=layer.slot_bytes, gb_s=round(pages * layer.slot_bytes / us / 1e3, 1))


print(json.dumps({"gpu": torch.cuda.get_device_name(), "torch": torch.__version__, "commit": sys.argv[1:2]}), flush=True)
report("empty pair of events", median_us(lambda: None))
copy_gb_s = copies()
for one in SHAPES:
    measure(one)
    torch.cuda.empty_cache()
recalls()
