#!/usr/bin/env python3
"""Cells of what digest_answers.py wrote: the share of right answers, and the gain on cuboid-max with the same choice, budget
and share attended, question by question, with 95 % intervals by a bootstrap that draws whole texts."""

import argparse
import csv
import json
import random
import sys
from collections import defaultdict

CONTROL = "cuboid-max"
DRAWS = 4000


def interval(by_text, generator):
    texts = list(by_text.values())
    means = []
    for _ in range(DRAWS):
        drawn = generator.choices(texts, k=len(texts))
        means.append(sum(map(sum, drawn)) / sum(map(len, drawn)))
    means.sort()
    return means[int(0.025 * DRAWS)], means[int(0.975 * DRAWS) - 1]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("answers", nargs="+")
    options = parser.parse_args()
    cells = defaultdict(dict)
    for name in options.answers:
        with open(name) as file:
            for line in file:
                row = json.loads(line)
                key = row["digest"], row["budget"], row["attended"], row["groups"]
                cells[key][row["text"], row["question"]] = row["right"]
    # A text that was cut off counts with the questions that all runs have answered.
    common = set.intersection(*(set(cell) for cell in cells.values()))
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["model", "digest", "budget", "attended", "head_groups", "texts", "questions", "score", "score_low",
                     "score_high", "gain_on_cuboid_max", "gain_low", "gain_high"])
    for key, cell in cells.items():
        digest, budget, attended, groups = key
        control = cells.get((CONTROL, budget, attended, groups)) if digest not in ("full", CONTROL) else None
        scores, gains = defaultdict(list), defaultdict(list)
        for place in sorted(common):
            scores[place[0]].append(cell[place])
            if control:
                gains[place[0]].append(cell[place] - control[place])
        generator = random.Random(1)
        numbers = [sum(map(sum, scores.values())) / len(common), *interval(scores, generator)]
        if control:
            numbers += [sum(map(sum, gains.values())) / len(common), *interval(gains, generator)]
        writer.writerow([options.model, *key, len(scores), len(common), *(f"{n:.4f}" for n in numbers)])


if __name__ == "__main__":
    main()
