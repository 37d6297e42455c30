#!/usr/bin/env python3
"""Answers of a shipped model under digests of few bits, many runs at once, with PyTorch: a second implementation of what
`needles` measures, for a GPU.

Episodes are lines of JSON with the tokens of `context` and `questions`, as `needles` makes them. Every run of a text shares
its prefill. Attention to the first two layers is full; in the others a step attends to two first pages, two last ones, and
the pages that a digest ranks highest. What a run holds or recalls is not simulated: it changes no answer.

Digests are the laboratory's, rounding included (api/SPEC.md, experiments/README.md), with one difference: pages that fill
after the prompt use the steps of the prompt's last page under `frames` and `offsets`.
"""

import argparse
import json
import math
import re
import time

import torch
import torch.nn.functional as F
from safetensors.torch import load_file

PAGE = 32
RUN = 32
SINK = 2
WINDOW = 2
DENSE = 2


class Model:
    """A Llama or a Qwen3 in float32."""

    def __init__(self, directory, device):
        with open(directory + "/config.json") as file:
            self.config = c = json.load(file)
        self.weights = {k: v.float().to(device) for k, v in load_file(directory + "/model.safetensors").items()}
        self.device = device
        self.layers, self.heads, self.kv = c["num_hidden_layers"], c["num_attention_heads"], c["num_key_value_heads"]
        self.dim, self.eps = c["head_dim"], c["rms_norm_eps"]
        self.frequencies = 1.0 / c["rope_theta"] ** (torch.arange(0, self.dim, 2, dtype=torch.float64, device=device) / self.dim)

    def of(self, layer, name):
        return self.weights.get(f"model.layers.{layer}.{name}.weight")

    def norm(self, x, weight):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.eps) * weight

    def rotate(self, x, positions):
        """x: [..., tokens, heads, dim]."""
        angles = positions.double()[:, None] * self.frequencies
        cos, sin = angles.cos().float()[:, None, :], angles.sin().float()[:, None, :]
        a, b = x[..., : self.dim // 2], x[..., self.dim // 2 :]
        return torch.cat((a * cos - b * sin, b * cos + a * sin), -1)

    def project(self, layer, x, positions):
        h = self.norm(x, self.of(layer, "input_layernorm"))
        rows = []
        for name, heads in (("q", self.heads), ("k", self.kv), ("v", self.kv)):
            row = (h @ self.of(layer, f"self_attn.{name}_proj").T).unflatten(-1, (heads, self.dim))
            weight = self.of(layer, f"self_attn.{name}_norm")
            if weight is not None:
                row = self.norm(row, weight)
            rows.append(row if name == "v" else self.rotate(row, positions))
        return rows

    def update(self, layer, x, attended):
        x = x + attended.flatten(-2) @ self.of(layer, "self_attn.o_proj").T
        h = self.norm(x, self.of(layer, "post_attention_layernorm"))
        gate = F.silu(h @ self.of(layer, "mlp.gate_proj").T) * (h @ self.of(layer, "mlp.up_proj").T)
        return x + gate @ self.of(layer, "mlp.down_proj").T

    def embed(self, tokens):
        return self.weights["model.embed_tokens.weight"][tokens]

    def logits(self, x):
        return self.norm(x, self.weights["model.norm.weight"]) @ self.weights["model.embed_tokens.weight"].T

    def prefill(self, tokens):
        """Keys and values of each layer, [kv, tokens, dim]."""
        positions = torch.arange(len(tokens), device=self.device)
        x = self.embed(torch.tensor(tokens, device=self.device))
        store = []
        for layer in range(self.layers):
            q, k, v = (row.transpose(0, 1) for row in self.project(layer, x, positions))
            store.append((k.contiguous(), v.contiguous()))
            group = self.heads // self.kv
            attended = F.scaled_dot_product_attention(
                q[None], k.repeat_interleave(group, 0)[None], v.repeat_interleave(group, 0)[None], is_causal=True)[0]
            x = self.update(layer, x, attended.transpose(0, 1))
        return store


# --- numbers in few bits: x is [..., pages, parts, channels] ---


def scale_up(x):
    """To the next number of 8 significant bits that is not below."""
    short = (x.view(torch.int32) & -65536).view(torch.float32)
    return torch.where(short < x, ((x.view(torch.int32) & -65536) + 65536).view(torch.float32), short)


def per_run(x, reduce):
    """Over a page's parts and each run of channels, spread over them again."""
    runs = reduce(x.unflatten(-1, (-1, RUN)))
    return runs.repeat_interleave(RUN, -1)


def most_of_run(x):
    return per_run(x, lambda r: r.amax((-3, -1))[..., None, :])


def own_zeros(middles, bits):
    levels = 2**bits - 1
    low = -scale_up(most_of_run(-middles))
    step = scale_up((most_of_run(middles) - low) / levels)
    return torch.where(step == 0, low, low + step * torch.round((middles - low) / step).clamp(0, levels))


def own_offsets(x, bits):
    levels = 2**bits - 1
    half = scale_up(most_of_run(x.abs()) / levels)
    codes = torch.round((x / half + levels) / 2).clamp(0, levels)
    return torch.where(half == 0, torch.zeros_like(x), half * (2 * codes - levels))


def own_extents(x, bits, up):
    levels = 2**bits - 1
    step = scale_up(most_of_run(x) / levels)
    codes = (x / step).ceil() if up else torch.round(x / step)
    return torch.where(step == 0, torch.zeros_like(x), step * codes.clamp(0, levels))


class Steps:
    """Equal steps per channel, of the whole prompt or of earlier pages; settled by the prompt's pages."""

    def __init__(self, bits, middle, up, doubles, whole):
        self.levels, self.middle, self.up, self.doubles, self.whole = 2**bits - 1, middle, up, doubles, whole
        self.last = None

    def settle(self, x):
        least, most = torch.empty_like(x[..., :1, :]), torch.empty_like(x[..., :1, :])
        pages = x.shape[-3]
        if self.whole:
            least[:], most[:] = x.amin((-3, -2), keepdim=True), x.amax((-3, -2), keepdim=True)
        else:
            begin, end = 0, 1
            while begin < pages:
                seen = x[..., : max(1, begin), :, :]
                least[..., begin:end, :, :] = seen.amin((-3, -2), keepdim=True)
                most[..., begin:end, :, :] = seen.amax((-3, -2), keepdim=True)
                begin, end = end, min(2 * end, pages) if end < pages else pages
        self.last = least[..., -1:, :, :], most[..., -1:, :, :]
        return self.rounded(x, least, most)

    def __call__(self, x):
        if self.last is None:
            return self.settle(x)
        least, most = (end[:, None] for end in self.last)  # the same for every run
        return self.rounded(x, least, most)

    def rounded(self, x, least, most):
        step = (most - least) / self.levels
        best = error = active = None
        for doublings in range(16 if self.doubles else 1):
            wide = step * 2**doublings
            low = least - step * self.levels / 2 * (2**doublings - 1) if self.middle else least
            at = torch.where(wide == 0, torch.zeros_like(x), (x - low) / wide)
            made = low + wide * (at.ceil() if self.up else at.round()).clamp(0, self.levels)
            if not self.doubles:
                return made
            top = low + wide * self.levels
            gap = per_run((x - made) ** 2, lambda r: r.sum((-3, -1))[..., None, :])
            if self.up:
                reach = per_run((x <= top).float(), lambda r: r.amin((-3, -1))[..., None, :]) > 0
                gap = torch.where(reach, gap, torch.full_like(gap, math.inf))
            holds = per_run(((low <= x) & (x <= top)).float(), lambda r: r.amin((-3, -1))[..., None, :]) > 0
            if best is None:
                best, error, active = made, gap, ~holds
            else:
                better = active & (gap < error)
                best, error = torch.where(better, made, best), torch.where(better, gap, error)
                active = active & ~holds
            if not active.any():
                break
        return best


class Digest:
    """Summaries of pages by a description, [kv] or [runs, kv] at once."""

    TEXT = re.compile(r"(cuboid|disc|centroid|std)(?:-(max|mean))?(?:\*([\d.]+))?(?:/(\d+))?(?:@(\d+)(?:\+(\d+))?)?(?::scales=(\w+))?$")

    def __init__(self, name):
        shape, extent, factor, parts, bits, extent_bits, scales = self.TEXT.match(name).groups()
        self.shape, self.extent, self.factor, self.parts = shape, extent, float(factor or 1), int(parts or 1)
        self.bits = int(bits) if bits else None
        self.extent_bits = int(extent_bits or bits) if bits else None
        self.scales = scales or "page"
        up = extent == "max" and self.factor == 1
        self.is_bound = up
        if bits and self.scales != "page":
            doubles, whole = self.scales in ("frames", "offsets"), self.scales == "prompt"
            self.zeros = Steps(8, True, False, doubles, whole) if self.scales == "offsets" and self.parts > 1 else None
            self.centres = Steps(self.bits, not whole, False, doubles, whole)
            self.extents = Steps(self.extent_bits, False, up and not whole, doubles, whole)

    def round_centres(self, x):
        if self.bits is None:
            return x.half().float()
        middles = (x.amin(-2, keepdim=True) + x.amax(-2, keepdim=True)) / 2
        if self.scales == "page":
            zeros = own_zeros(middles, 8 if self.parts > 1 else self.bits)
            return zeros + own_offsets(x - zeros, self.bits) if self.parts > 1 else zeros
        if self.zeros is None:
            return self.centres(x)
        zeros = self.zeros(middles)
        return zeros + self.centres(x - zeros)

    def round_extents(self, x):
        if self.bits is None:
            return x.half().float()
        return own_extents(x, self.extent_bits, self.is_bound) if self.scales == "page" else self.extents(x)

    def __call__(self, keys):
        """keys: [..., pages, PAGE, dim]; centres [..., pages, parts, dim] and extents likewise, or None."""
        keys = keys.unflatten(-2, (self.parts, PAGE // self.parts))
        exact = (keys.amin(-2) + keys.amax(-2)) / 2 if self.shape == "cuboid" else keys.mean(-2)
        centres = self.round_centres(exact)
        if self.shape == "centroid":
            return centres, None
        if self.shape == "std":
            return centres, (self.factor * keys.std(-2, correction=0)).half().float()
        exactly = (self.bits is None and self.parts == 1) or self.scales == "prompt"
        gaps = (keys - (exact if exactly else centres)[..., None, :]).abs()
        if self.shape == "disc":
            half = gaps.shape[-1] // 2
            gaps = torch.hypot(gaps[..., :half], gaps[..., half:])
        extents = self.factor * (gaps.mean(-2) if self.extent == "mean" else gaps.amax(-2))
        return centres, self.round_extents(extents)

    def weights(self, queries):
        if self.shape == "disc":
            half = queries.shape[-1] // 2
            return torch.hypot(queries[..., :half], queries[..., half:])
        return queries.abs()

    def scores(self, queries, centres, extents):
        """queries [..., rows, dim] over pages [..., pages, parts, dim]: [..., rows, pages]."""
        scores = queries @ centres.flatten(-3, -2).transpose(-1, -2)
        if extents is not None:
            scores = scores + self.weights(queries) @ extents.flatten(-3, -2).transpose(-1, -2)
        return scores.unflatten(-1, (-1, centres.shape[-2])).amax(-1)


class Block:
    """Runs that differ in how many choose together, how much is attended and the budget, with one digest.

    A digest of None ranks by exact scores, and one of "full" attends to everything.
    """

    def __init__(self, name, runs):
        self.name, self.runs = name, runs

    def picks(self):
        made = []
        for _, attended, budget in self.runs:
            pages = budget // PAGE
            most = pages - 1 if attended == "budget" else max(SINK + WINDOW, min(1280, budget // 2) // PAGE)
            made.append(most - SINK - (WINDOW - 1))
        return made


class Text:
    """The runs of one text."""

    def __init__(self, model, blocks, episode):
        self.model, self.blocks, self.episode = model, blocks, episode
        self.count = sum(len(block.runs) for block in blocks)
        device = model.device
        store = model.prefill(episode["context"])
        self.position = len(episode["context"])
        self.pages = self.position // PAGE
        rest = self.position - self.pages * PAGE
        more = sum(len(q["q"]) + len(q["a"]) for q in episode["questions"])
        self.room = -(-(rest + more) // PAGE) * PAGE
        self.shared = [(k[:, : self.pages * PAGE].contiguous(), v[:, : self.pages * PAGE].contiguous()) for k, v in store]
        shape = (model.layers, self.count, model.kv, self.room, model.dim)
        self.tail_keys, self.tail_values = torch.zeros(shape, device=device), torch.zeros(shape, device=device)
        for layer, (k, v) in enumerate(store):
            self.tail_keys[layer, :, :, :rest] = k[:, self.pages * PAGE :]
            self.tail_values[layer, :, :, :rest] = v[:, self.pages * PAGE :]
        self.digests = {}
        self.tails = {}
        for block in blocks:
            for layer in range(DENSE, model.layers):
                if block.name not in ("full", "oracle"):
                    digest = Digest(block.name)
                    self.digests[block.name, layer] = digest, digest(self.shared[layer][0].unflatten(1, (-1, PAGE)))
        self.groups = torch.tensor([g == "1" for b in blocks for g, _, _ in b.runs], device=device)
        self.pick = torch.tensor([n for b in blocks for n in b.picks()], device=device)

    def feed(self, tokens):
        """tokens [runs, n], the same number for all; logits of the last ones."""
        model, n = self.model, tokens.shape[1]
        positions = torch.arange(self.position, self.position + n, device=model.device)
        at = self.position - self.pages * PAGE
        x = model.embed(tokens)
        for layer in range(model.layers):
            q, k, v = model.project(layer, x, positions)
            self.tail_keys[layer, :, :, at : at + n] = k.transpose(1, 2)
            self.tail_values[layer, :, :, at : at + n] = v.transpose(1, 2)
            attended = torch.empty_like(q)
            first = 0
            for block in self.blocks:
                rows = slice(first, first + len(block.runs))
                attended[rows] = self.attend(block, layer, q[rows], positions, rows)
                first += len(block.runs)
            x = model.update(layer, x, attended)
        self.position += n
        return model.logits(x[:, -1])

    def attend(self, block, layer, q, positions, rows):
        """q: [runs, n, heads, dim]."""
        model = self.model
        runs, n = q.shape[:2]
        group = model.heads // model.kv
        # [kv, runs, n, group, dim]
        own = q.unflatten(2, (model.kv, group)).permute(2, 0, 1, 3, 4).contiguous()
        flat = own.flatten(1, 3)
        keys, values = self.shared[layer]
        end = -(-(int(positions[-1]) + 1 - self.pages * PAGE) // PAGE) * PAGE
        tail_keys = self.tail_keys[layer, rows, :, :end].transpose(0, 1)
        tail_values = self.tail_values[layer, rows, :, :end].transpose(0, 1)
        by_run = own.flatten(2, 3)
        shape = (model.kv, runs, n, group)
        logits = torch.cat(((flat @ keys.transpose(1, 2)).view(*shape, -1),
                            (by_run @ tail_keys.transpose(2, 3)).view(*shape, -1)), -1)
        logits *= 1 / math.sqrt(model.dim)
        places = torch.arange(logits.shape[-1], device=q.device)
        later = places[None, :] > positions[:, None]
        logits.masked_fill_(later[None, None, :, None, :], -math.inf)
        if layer >= DENSE and block.name != "full":
            mask = self.chosen(block, layer, logits, flat, by_run, tail_keys, positions, rows, shape)
            logits.unflatten(-1, (-1, PAGE)).masked_fill_(~mask[:, :, :, None, :, None], -math.inf)
        weights = torch.softmax(logits, -1)
        cut = self.pages * PAGE
        out = (weights[..., :cut].flatten(1, 3) @ values).view(*shape, -1)
        out += (weights[..., cut:].flatten(2, 3) @ tail_values).view(*shape, -1)
        return out.permute(1, 2, 0, 3, 4).flatten(2, 3)

    def chosen(self, block, layer, logits, flat, by_run, tail_keys, positions, rows, shape):
        """The pages that take part, [kv, runs, n, pages]."""
        if block.name == "oracle":
            scores = logits.unflatten(-1, (-1, PAGE)).amax(-1)
        else:
            digest, summary = self.digests[block.name, layer]
            tail = self.summarised(block, layer, digest, tail_keys)
            scores = torch.cat((digest.scores(flat, *summary).view(*shape, -1),
                                digest.scores(by_run, *tail).view(*shape, -1)), -1)
        ranks = scores.sum(3)
        together = self.groups[rows]
        ranks = torch.where(together[None, :, None, None], ranks.sum(0, keepdim=True), ranks)
        pages = positions // PAGE + 1
        number = torch.arange(ranks.shape[-1], device=ranks.device)
        between = (number[None, :] >= SINK) & (number[None, :] < (pages - WINDOW)[:, None])
        ranks = ranks.masked_fill(~between[None, None], -math.inf)
        pick = self.pick[rows]
        best = ranks.topk(int(pick.max()), -1).indices
        taken = torch.arange(best.shape[-1], device=best.device) < pick[:, None]
        mask = torch.zeros_like(ranks, dtype=torch.bool)
        mask.scatter_(-1, best, taken[None, :, None, :].expand_as(best))
        always = (number[None, :] < SINK) | ((number[None, :] >= (pages - WINDOW)[:, None]) & (number[None, :] < pages[:, None]))
        return mask | always[None, None]

    def summarised(self, block, layer, digest, tail_keys):
        """Digests of the pages behind the prompt; those that are not full are never asked for."""
        key = block.name, layer
        pages = tail_keys.shape[2] // PAGE
        known = self.tails.get(key)
        full = (self.position - self.pages * PAGE) // PAGE
        if known is None or known[0] < pages or known[1] < full:
            made = digest(tail_keys.unflatten(2, (-1, PAGE)))
            known = pages, full, made
            self.tails[key] = known
        return known[2]

    def answers(self):
        """What each run says to each question: [questions][runs][tokens]."""
        last = None
        for question in self.episode["questions"]:
            tokens = torch.tensor(question["q"], device=self.model.device).repeat(self.count, 1)
            logits = self.feed(tokens if last is None else torch.cat((last, tokens), 1))
            said = []
            for number in range(len(question["a"])):
                last = logits.argmax(-1, keepdim=True)
                said.append(last)
                if number < len(question["a"]) - 1:
                    logits = self.feed(last)
            yield torch.cat(said, 1).tolist()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("episodes")
    parser.add_argument("plan", help='JSON: [[digest, ["1:budget", ...]], ...]; digest may be full or oracle')
    parser.add_argument("out", help="file that answers are appended to")
    parser.add_argument("--budgets", required=True)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--device", default="cuda")
    options = parser.parse_args()
    torch.set_grad_enabled(False)
    model = Model(options.model, options.device)
    budgets = [int(b) for b in options.budgets.split(",")]
    with open(options.plan) as file:
        blocks = [Block(name, [(*kind.split(":"), b) for b in (budgets[:1] if name == "full" else budgets) for kind in kinds])
                  for name, kinds in json.load(file)]
    with open(options.episodes) as file:
        episodes = [json.loads(line) for line in file]
    for number in range(options.first, len(episodes), options.every):
        start = time.time()
        with open(options.out, "a") as out:
            asked = episodes[number]["questions"]
            for turn, said in enumerate(Text(model, blocks, episodes[number]).answers()):
                run = 0
                for block in blocks:
                    for groups, attended, budget in block.runs:
                        row = dict(text=number, question=turn, digest=block.name, groups=groups, attended=attended,
                                   budget=budget, said=said[run], right=int(said[run] == asked[turn]["a"]))
                        out.write(json.dumps(row) + "\n")
                        run += 1
        print(f"text {number}: {time.time() - start:.1f} s", flush=True)


if __name__ == "__main__":
    main()
