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

from layer import PAGE, Layer

SHAPES = (  # query heads, KV heads, batch, tokens
    (32, 8, 1, 32768), (32, 8, 8, 32768), (32, 8, 4, 8192), (32, 8, 8, 131072),
    (32, 8, 4, 32768), (32, 8, 4, 131072), (32, 32, 4, 32768), (32, 32, 4, 131072))
BUDGET_PAGES, ATTENDED_PAGES = 64, 32
FRESH = 1 << 30  # of cache.cuh
SPLIT_TARGET, OTHER_TARGETS = 2048, (512, 1024, 4096, 8192)

stream = torch.cuda.Stream()
torch.cuda.set_stream(stream)
cupy.cuda.ExternalStream(stream.cuda_stream).use()
cold = torch.zeros(32 << 20, device="cuda", dtype=torch.int32)


def median_us(run, runs=25, flush=True, prepare=lambda: None):
    times = []
    for i in range(runs + 5):
        prepare()
        if flush:
            cold.sum()
        torch.cuda._sleep(1_000_000)  # so that the launch is queued before the clock starts
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


def measure(shape, copy_gb_s):
    query_heads, kv_heads, batch, tokens = shape
    named = dict(query_heads=query_heads, kv_heads=kv_heads, batch=batch, tokens=tokens)
    best = min((us, name) for name, us in peers(shape).items())
    report("PyTorch contiguous attention, the better", best[0], backend=best[1], **named)
    layer = Layer(batch, query_heads, kv_heads, 128, tokens, host_slots=batch * tokens // PAGE if batch == 4 else 0)
    full = median_us(layer.attend())
    report("paged attention, all pages", full, of_peer=round(best[0] / full, 3), **named)
    target, us = min(((target, median_us(layer.attend(0, target))) for target in OTHER_TARGETS), key=lambda found: found[1])
    report("paged attention, splits chosen for this batch", min(us, full), tokens_a_split=target if us < full else SPLIT_TARGET,
           invariance_costs=round(max(0, full / us - 1), 4), **named)
    layer.limit(BUDGET_PAGES, ATTENDED_PAGES)
    multiprocessors = torch.cuda.get_device_properties(0).multi_processor_count
    us = median_us(layer.estimate(multiprocessors))
    digest_bytes = layer.pages * batch * kv_heads * 2 * 128 * 2
    report("scoring", us, gb_s=round(digest_bytes / us / 1e3), of_copy=round(digest_bytes / us / 1e3 / copy_gb_s, 3), **named)
    for missing in (0, 1) if batch == 4 else (0,):
        everything = layer.table.clone()
        restore = layer.settle(missing)
        step = layer.decode(multiprocessors)
        if missing == 0:
            parts = dict(append=layer.append(), estimate=layer.estimate(multiprocessors), select=layer.select(), attend=layer.attend(1))
            for name, run in parts.items():
                report("part: " + name, median_us(run, prepare=restore), **named)
        us = median_us(step, prepare=restore)
        recalled = layer.recalled()
        assert recalled == missing * batch, recalled
        report("whole decode", us, recalled_pages=missing, times_faster_than_peer=round(best[0] / us, 2), **named)
        layer.table.copy_(everything)


def copies():
    source = torch.zeros(4 << 30, dtype=torch.uint8, device="cuda")
    target = torch.empty_like(source)
    us = median_us(lambda: target.copy_(source), 10, False)
    report("device copy", us, gb_s=round(2 * source.numel() / us / 1e3))
    return 2 * source.numel() / us / 1e3


def recalls():
    for kv_heads in (32, 8, 1):
        for pages in (1, 4, 16, 64):
            layer = Layer(1, kv_heads, kv_heads, 128, 128 * PAGE, host_slots=128)
            layer.limit(64, 64)
            layer.attended[0, :, :pages] = torch.randperm(128)[:pages].to(torch.int32).cuda() | FRESH
            layer.runs[:, 1:5] = pages  # counts and recalls of both halves
            us = median_us(layer.gather(), flush=False)
            report("recall", us, pages=pages, page_bytes=layer.slot_bytes, gb_s=round(pages * layer.slot_bytes / us / 1e3, 1))


def main():
    print(json.dumps({"gpu": torch.cuda.get_device_name(), "torch": torch.__version__, "commit": sys.argv[1:2]}), flush=True)
    report("empty pair of events", median_us(lambda: None))
    copy_gb_s = copies()
    for shape in SHAPES:
        measure(shape, copy_gb_s)
        torch.cuda.empty_cache()
    recalls()


if __name__ == "__main__":
    main()
