#!/usr/bin/python3
"""The attention translator of chapter 18 in PyTorch, trained as `spa_eng` trains ours.

    TAPESTRY_DATA=DIR ./course run ch18 spa_eng -- --out OUT          # writes OUT/ids.json
    /usr/bin/python3 tests/bench/train_translator.py OUT/ids.json --out OUT/torch.ids
    TAPESTRY_DATA=DIR ./course run ch18 spa_eng -- --out OUT          # both, side by side

Model and loss are those that `bench translation` measures (peer_torch.py), with the program's
settings: Adam with warm-up and a cosine, clipping, dropout, averaged weights, the average with the
least dev loss. It prints that loss a token after each pass, and writes what it says of the test
part, a line of ids for each sentence.
"""
import argparse
import json
import math
import random
import time

import torch
from torch import nn
from torch.nn import functional

import peer_torch
from peer_torch import side_by_side

PAD, START, END, UNK = 0, 1, 2, 3


class Translator(peer_torch.Translator):
    """With dropout of the words' vectors and before the softmax, and vectors that begin small."""

    def __init__(self, case, dropout):
        super().__init__(case)
        self.dropped = dropout
        for table in self.source, self.target:
            table.weight.data *= 0.1
            table.register_forward_hook(
                lambda _, __, out: functional.dropout(out, self.dropped, self.training))

    def readout(self, shown):
        pairs = self.to_pairs(shown).unflatten(-1, (-1, 2)).max(-1).values
        return self.to_words(functional.dropout(pairs, self.dropped, self.training))

    def beam(self, sources, lengths, width):
        """The best translation of each sentence: its log-probability over its length. A sentence is
        at most twice as long as its source, and ten."""
        state, source = self.encode(sources, lengths)
        batch, longest = len(lengths), (2 * lengths + 10).tolist()
        state = state[:, None]  # (B, beams, H)
        words, sums = torch.full((batch, 1), START), torch.zeros(batch, 1)
        said = torch.zeros(batch, 1, 0, dtype=torch.long)
        best = [(-math.inf, [])] * batch
        for length in range(1, max(longest) + 1):
            word = self.target(words)
            context = self.look(state, source)
            after = self.decoder(torch.cat([word, context], -1).flatten(0, 1),
                                 state.flatten(0, 1)).view_as(state)
            scores = self.readout(torch.cat([word, state, context], -1)).log_softmax(-1)
            scores[..., [PAD, START, UNK]] = -math.inf
            size = scores.shape[-1]
            sums, where = (scores + sums[..., None]).flatten(1).topk(width)
            parents, words = where // size, where % size
            state = after.gather(1, parents[..., None].expand(-1, -1, after.shape[-1]))
            said = torch.cat([said.gather(1, parents[..., None].expand(-1, -1, said.shape[-1])),
                              words[..., None]], -1)
            for b in range(batch):
                for k in range(width):
                    if sums[b, k] > -math.inf and (words[b, k] == END or length == longest[b]):
                        best[b] = max(best[b], (sums[b, k].item() / length, said[b, k].tolist()))
                        sums[b, k] = -math.inf
                if sums[b].max().item() / longest[b] <= best[b][0]:  # none can become better
                    sums[b] = -math.inf
            if sums.max() == -math.inf:
                break
        return [line for _, line in best]


def batches(pairs, size, rng):
    """Sentences of similar length together, in a random order."""
    order = list(range(len(pairs)))
    rng.shuffle(order)
    order.sort(key=lambda i: (len(pairs[i][0]), len(pairs[i][1])))
    groups = [order[i:i + size] for i in range(0, len(order), size)]
    rng.shuffle(groups)
    for group in groups:
        sources, lengths = side_by_side([pairs[i][0] for i in group])
        yield sources, lengths, side_by_side([pairs[i][1] for i in group])[0]


def dev_loss(model, pairs):
    model.eval()
    total = count = 0
    with torch.no_grad():
        for sources, lengths, targets in batches(pairs, 128, random.Random(0)):
            words = (targets[1:] != PAD).sum().item()
            total += model.loss(sources, lengths, targets).item() * words
            count += words
    model.train()
    return total / count


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("ids")
    options.add_argument("--epochs", type=int, default=1)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--threads", type=int, default=1)
    options.add_argument("--out", default="translations.ids")
    o = options.parse_args()
    peer_torch.set_threads(o.threads, o.threads)
    torch.manual_seed(o.seed)
    with open(o.ids, encoding="utf-8") as file:
        data = json.load(file)
    case = {"E": 256, "H": 512, "L": 256, "V": data["words"], "attention": True}
    model = Translator(case, 0.2)
    average = [p.detach().clone() for p in model.parameters()]
    optimiser = torch.optim.Adam(model.parameters())
    steps = o.epochs * math.ceil(len(data["train"]) / 64)
    rng, step, least, kept, begin = random.Random(o.seed), 0, math.inf, None, time.time()
    for epoch in range(o.epochs):
        for sources, lengths, targets in batches(data["train"], 64, rng):
            cosine = (1 + math.cos(math.pi * (step - 200) / steps)) / 2
            rate = 1e-3 * ((step + 1) / 200 if step < 200 else 0.01 + 0.99 * cosine)
            for group in optimiser.param_groups:
                group["lr"] = rate
            optimiser.zero_grad(set_to_none=True)
            model.loss(sources, lengths, targets).backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            step += 1
            decay = min(0.998, step / (9 + step))
            with torch.no_grad():
                for mean, p in zip(average, model.parameters()):
                    mean.lerp_(p, 1 - decay)
        now = [p.detach().clone() for p in model.parameters()]
        with torch.no_grad():
            for mean, p in zip(average, model.parameters()):
                p.copy_(mean)
        loss = dev_loss(model, data["dev"])
        if loss < least:
            least, kept = loss, [p.detach().clone() for p in model.parameters()]
        with torch.no_grad():
            for old, p in zip(now, model.parameters()):
                p.copy_(old)
        print(f"pass {epoch + 1}: dev {loss:.4f} nats a token, {(time.time() - begin) / 60:.1f} minutes",
              flush=True)
    with torch.no_grad():
        for mean, p in zip(kept, model.parameters()):
            p.copy_(mean)
    model.eval()
    order = sorted(range(len(data["test"])), key=lambda i: len(data["test"][i]))
    said = [None] * len(order)
    with torch.no_grad():
        for begin in range(0, len(order), 64):
            some = order[begin:begin + 64]
            sources, lengths = side_by_side([data["test"][i] for i in some])
            for i, line in zip(some, model.beam(sources, lengths, 5)):
                said[i] = line
    with open(o.out, "w", encoding="utf-8") as file:
        for line in said:
            file.write(" ".join(map(str, line)) + "\n")


if __name__ == "__main__":
    main()
