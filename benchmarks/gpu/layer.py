"""One layer of paged keys, values and digests on the GPU, F16, page 32, random, with the pages in random slots."""

import cupy
import numpy
import torch

from structs import SEQUENCE, Kernel

PAGE = 32
SINK, WINDOW = 2, 2
RUN_INTS = 8  # of struct Run
UNLIMITED = 2**31 - 1


def address(tensor):
    return tensor.data_ptr()


def ints(*shape):
    return torch.zeros(*shape, device="cuda", dtype=torch.int32)


class Layer:
    def __init__(self, batch, query_heads, kv_heads, head_dim, tokens, host_slots=0):
        self.batch, self.query_heads, self.kv_heads, self.head_dim = batch, query_heads, kv_heads, head_dim
        self.tokens, self.pages = tokens, tokens // PAGE
        slots = batch * self.pages
        self.slot_bytes = 2 * kv_heads * PAGE * head_dim * 2
        half = dict(device="cuda", dtype=torch.float16)
        self.pool = torch.empty(slots, 2, kv_heads, PAGE, head_dim, **half).normal_()
        self.digests = torch.empty(slots, 2, kv_heads, head_dim, **half).normal_()
        self.queries = torch.randn(batch, query_heads, head_dim, **half)
        self.keys = torch.randn(batch, kv_heads, head_dim, **half)
        self.output = torch.empty_like(self.queries)
        self.table = torch.randperm(slots, device="cuda").to(torch.int32).view(batch, self.pages)
        self.backups = torch.arange(slots, device="cuda", dtype=torch.int32).view(batch, self.pages)
        self.attended, self.runs = ints(batch, 2, self.pages), ints(batch, RUN_INTS)
        self.changed = ints(batch, -(-self.pages // 32))
        self.references, self.holders, self.free = ints(slots) + 1, self.table.flatten().clone(), ints(slots) - 1
        self.given = torch.zeros(2, device="cuda", dtype=torch.int64)
        self.counters, self.flags = ints(6 * batch + 2), ints(batch)
        self.scores = torch.zeros(slots, device="cuda")
        self.score_offsets = torch.arange(batch, device="cuda", dtype=torch.int32) * self.pages
        self.partials = torch.zeros(batch * query_heads * 128 * (head_dim + 2), device="cuda")
        self.tickets = ints(batch * query_heads)
        self.sequences = torch.zeros(batch * SEQUENCE.itemsize, device="cuda", dtype=torch.uint8)
        self.host = torch.empty(host_slots * self.slot_bytes, dtype=torch.uint8, pin_memory=True) if host_slots else None
        self.limit(UNLIMITED, 0)

    def limit(self, budget_pages, attended_pages):
        """Sets the budget; the step adds the last token."""
        self.budget, self.attended_pages = budget_pages, attended_pages
        records = numpy.zeros(self.batch, SEQUENCE)
        for i in range(self.batch):
            record = records[i]
            tables = record["tables"]
            tables["slots"], tables["backups"] = address(self.table[i]), address(self.backups[i])
            tables["attended"], tables["runs"] = address(self.attended[i]), address(self.runs[i])
            tables["changed"], tables["capacity"], tables["width"] = address(self.changed[i]), self.pages, self.pages
            record["step"], record["length"], record["tokens"] = 1, self.tokens - 1, 1
            limits = record["limits"]
            limits["budget"], limits["ranked"] = budget_pages, max(0, attended_pages - SINK - (WINDOW - 1))
            limits["sink"], limits["window"], record["digest"] = SINK, WINDOW, 2
        self.sequences.copy_(torch.from_numpy(records.view(numpy.uint8)))

    def values(self, **more):
        counters = address(self.counters)
        fields = dict(
            pool=address(self.pool), vectors=address(self.digests), radii=0,
            host=address(self.host) if self.host is not None else 0,
            given=address(self.given), freeSlots=address(self.free), references=address(self.references),
            holders=address(self.holders), slotBytes=self.slot_bytes, sequences=address(self.sequences), times=0,
            flags=address(self.flags), evicted=counters, recalled=counters + 8 * self.batch, copies=counters + 16 * self.batch,
            queries=address(self.queries), keys=address(self.keys), values=address(self.keys), output=address(self.output), scores=address(self.scores),
            offsets=address(self.score_offsets), partials=address(self.partials), tickets=address(self.tickets),
            layers=1, index=0, queryHeads=self.query_heads, kvHeads=self.kv_heads, headDim=self.head_dim, pageSize=PAGE, groups=1, windows=0,
            batch=self.batch, slots=self.references.numel(), mode=0, forked=0, rows=0, serving=0)
        return fields | more

    def recalled(self):
        """Pages that the last select recalled."""
        return int(self.runs.gather(1, 3 + self.runs[:, :1].long()).sum())

    def attended_tokens(self):
        return self.tokens if self.pages <= self.budget else (self.attended_pages + 1) * PAGE

    def attend(self, arriving=0, target=2048):
        tokens = self.attended_tokens()
        splits = min(128, -(-tokens // (target // 2 if tokens <= 4096 else target)))
        each = (-(-tokens // splits) + 15) // 16 * 16
        splits = -(-tokens // each) + (self.pages > self.budget)  # recalled pages have splits of their own
        shared = 4 * 3 * 2 * 16 * self.head_dim * 2 + 4 * max(each, min(tokens, target))
        values = self.values(splits=splits, arrival=arriving, splitTarget=target)
        return Kernel("attend_element", f"attend{self.head_dim}_f16", "AttendArguments", (self.kv_heads, self.batch, splits), 128, shared, values)

    def estimate(self, multiprocessors):
        blocks = min(max(1, multiprocessors // self.batch), -(-self.pages // 16))
        shared = 8 * 2 * 6 * 512 + self.kv_heads * (2 * self.head_dim + 1) * 4
        return Kernel("estimate", "estimateMean_f16", "EstimateMeanArguments", (blocks, 1, self.batch), 256, shared, self.values())

    def select(self, move=1):
        keys = -(-(self.pages + self.pages // 32 + 1) // 256) * 256
        return Kernel("select", "selectPages", "SelectPagesArguments", (1, self.batch), 1024, 4 * keys, self.values(mode=move, keys=0))

    def append(self):
        return Kernel("append_element", "append_f16", "AppendArguments", (1, self.batch), 256, 0, self.values())

    def gather(self):
        return Kernel("recall", "gather", "GatherArguments", (64 // self.batch, 1, self.batch), 256, 0, self.values())

    def settle(self, missing):
        """Makes as many pages resident as the budget allows: the attended ones but `missing`, then others."""
        everything = self.table.clone()
        self.select(0)()
        halves = self.attended[torch.arange(self.batch, device="cuda"), self.runs[:, 0].long()]
        attended = halves[:, : self.attended_pages + 1].long()
        resident = torch.zeros(self.batch, self.pages, device="cuda", dtype=torch.bool).scatter_(1, attended, True)
        spare = (~resident).int().cumsum(1) <= self.budget - self.attended_pages - 1 + missing
        resident |= spare
        resident.scatter_(1, attended[:, SINK + 2 : SINK + 2 + missing], False)
        self.table.copy_(torch.where(resident, everything, -1))
        self.holders[self.backups.flatten().long()] = self.table.flatten()
        free = everything[~resident]
        self.free[: free.numel()] = free
        self.given[0] = free.numel()
        state = (self.table, self.holders, self.references, self.free, self.given, self.attended, self.runs, self.changed)
        saved = [tensor.clone() for tensor in state]

        def restore():
            for tensor, before in zip(state, saved):
                tensor.copy_(before)

        return restore

    def decode(self, multiprocessors):
        """The kernels of a fused decode with a budget, as one graph: append runs beside estimate."""
        append, estimate, select, attend = self.append(), self.estimate(multiprocessors), self.select(), self.attend(1)
        for kernel in (append, estimate):
            kernel()  # loads it
        torch.cuda.synchronize()
        stream, aside = cupy.cuda.get_current_stream(), cupy.cuda.Stream(non_blocking=True)
        begun, stored = cupy.cuda.Event(disable_timing=True), cupy.cuda.Event(disable_timing=True)
        stream.begin_capture()
        begun.record(stream)
        aside.wait_event(begun)
        aside.use()
        append()
        stored.record(aside)
        stream.use()
        estimate()
        stream.wait_event(stored)
        select()
        attend()
        graph = stream.end_capture()
        return lambda: graph.launch(stream)
