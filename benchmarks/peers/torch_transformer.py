"""The peer of the transformer benchmark: the same model, step and Hessian product (by double backward) in PyTorch.

Reads one request a line, {"work": "step" | "foreach" | "hessian" | "peak", "steps": n}, and answers with the seconds that n took, or for "peak" with the
bytes by which the resident size rose above what the model and its data take.
"""
import json
import math
import sys
import time

import torch
import torch.nn.functional as F

from peer import limit_threads


def norm(x):
    return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-6)


def rotate(x, cosines, sines):
    a, b = x.chunk(2, dim=-1)
    return torch.cat((a * cosines + b * sines, b * cosines - a * sines), dim=-1)


class Block(torch.nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        linear = lambda i, o: torch.nn.Linear(i, o, bias=False)
        self.query, self.key, self.value, self.output = (linear(width, width) for _ in range(4))
        self.up, self.down = linear(width, 4 * width), linear(4 * width, width)

    def forward(self, x, cosines, sines, mask):
        batch, positions, width = x.shape
        z = norm(x)
        split = lambda t: t.view(batch, positions, self.heads, width // self.heads).transpose(1, 2)
        q = norm(rotate(split(self.query(z)), cosines, sines))
        k = norm(rotate(split(self.key(z)), cosines, sines))
        scores = (q @ k.transpose(-1, -2)) / math.sqrt(width // self.heads) + mask
        attended = (scores.softmax(-1) @ split(self.value(z))).transpose(1, 2).reshape(batch, positions, width)
        x = x + self.output(attended)
        return x + self.down(F.relu(self.up(norm(x))).square())


class Model(torch.nn.Module):
    def __init__(self, vocabulary, width, layers, heads, positions):
        super().__init__()
        self.embedding = torch.nn.Embedding(vocabulary, width)
        self.blocks = torch.nn.ModuleList(Block(width, heads) for _ in range(layers))
        self.head = torch.nn.Linear(width, vocabulary, bias=False)
        half = width // heads // 2
        angles = torch.outer(torch.arange(positions).float(), 10000.0 ** (-torch.arange(half).float() / half))
        self.cosines, self.sines = angles.cos(), angles.sin()
        self.mask = torch.full((positions, positions), -math.inf).triu(1)

    def forward(self, tokens):
        x = norm(self.embedding(tokens))
        for block in self.blocks:
            x = block(x, self.cosines, self.sines, self.mask)
        return self.head(norm(x))


class Case:
    def __init__(self, vocabulary, width, layers, heads, batch, positions):
        torch.manual_seed(0)
        self.model = Model(vocabulary, width, layers, heads, positions)
        self.parameters = list(self.model.parameters())
        self.tokens = torch.randint(0, vocabulary, (batch, positions))
        self.targets = torch.randint(0, vocabulary, (batch * positions,))
        self.optimizers = {f: torch.optim.AdamW(self.parameters, lr=1e-4, foreach=f) for f in (True, False)}
        self.vectors = [torch.randn_like(p) for p in self.parameters]

    def loss(self):
        logits = self.model(self.tokens)
        return F.cross_entropy(logits.view(-1, logits.shape[-1]), self.targets)

    def step(self, foreach):
        optimizer = self.optimizers[foreach]
        optimizer.zero_grad(set_to_none=True)
        self.loss().backward()
        optimizer.step()

    def hessian(self):
        gradient = torch.autograd.grad(self.loss(), self.parameters, create_graph=True)
        along = sum((g * v).sum() for g, v in zip(gradient, self.vectors))
        return torch.autograd.grad(along, self.parameters)


def status(field):
    with open("/proc/self/status") as lines:
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(field))


def main():
    limit_threads(int(sys.argv[1]))
    case = Case(**json.loads(sys.argv[2]))
    for line in sys.stdin:
        request = json.loads(line)
        work = request["work"]
        if work == "peak":
            before = status("VmRSS")
            with open("/proc/self/clear_refs", "w") as file:
                file.write("5")
            for _ in range(3):
                case.hessian()
            print(status("VmHWM") - before, flush=True)
            continue
        start = time.perf_counter()
        for _ in range(request["steps"]):
            if work == "hessian":
                case.hessian()
            else:
                case.step(work == "foreach")
        print(time.perf_counter() - start, flush=True)


main()
