"""The peer of the curvature benchmark: the algorithm of arXiv 2604.14870 as its code does it, written anew in PyTorch.

Deflated power iteration with one product by double backward at a time; increments as differences of means over k and k + 1 samples, by micro-batches of two; direct sampling that evaluates both
means. Weights and data are read from files that the benchmark writes. One request a line, {"work": ..., ...}; one JSON object a line comes back.
"""
import json
import math
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F

from peer import limit_threads


def norm(x):
    return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-6)


def rotate(x, cosines, sines):
    a, b = x.chunk(2, dim=-1)
    return torch.cat((a * cosines + b * sines, b * cosines - a * sines), dim=-1)


class Block(torch.nn.Module):
    def __init__(self, width, heads, key_heads):
        super().__init__()
        self.heads, self.key_heads, self.size = heads, key_heads, width // heads
        linear = lambda i, o: torch.nn.Linear(i, o, bias=False)
        # In the order of our parameters, so that a basis means the same in both.
        self.query = linear(width, width)
        self.key, self.value = (linear(width, key_heads * self.size) for _ in range(2))
        self.output = linear(width, width)
        self.up, self.down = linear(width, 4 * width), linear(4 * width, width)

    def forward(self, x, cosines, sines, mask):
        batch, positions, width = x.shape
        z = norm(x)
        split = lambda t, heads: t.view(batch, positions, heads, self.size).transpose(1, 2)
        shared = lambda t: t.repeat_interleave(self.heads // self.key_heads, dim=1)
        q = norm(rotate(split(self.query(z), self.heads), cosines, sines))
        k = shared(norm(rotate(split(self.key(z), self.key_heads), cosines, sines)))
        v = shared(split(self.value(z), self.key_heads))
        scores = (q @ k.transpose(-1, -2)) / math.sqrt(self.size) + mask
        attended = (scores.softmax(-1) @ v).transpose(1, 2).reshape(batch, positions, width)
        x = x + self.output(attended)
        return x + self.down(F.relu(self.up(norm(x))).square())


class Model(torch.nn.Module):
    def __init__(self, vocabulary, width, layers, heads, keyHeads, positions):
        super().__init__()
        self.embedding = torch.nn.Embedding(vocabulary, width)
        self.blocks = torch.nn.ModuleList(Block(width, heads, keyHeads) for _ in range(layers))
        self.head = torch.nn.Linear(width, vocabulary, bias=False)
        half = width // heads // 2
        angles = torch.outer(torch.arange(positions).float(), 10000.0 ** (-torch.arange(half).float() / half))
        self.register_buffer("cosines", angles.cos(), persistent=False)
        self.register_buffer("sines", angles.sin(), persistent=False)
        self.register_buffer("mask", torch.full((positions, positions), -math.inf).triu(1), persistent=False)

    def forward(self, tokens):
        x = norm(self.embedding(tokens))
        for block in self.blocks:
            x = block(x, self.cosines, self.sines, self.mask)
        return self.head(norm(x))


def read_weights(path):
    """A safetensors file: the length of its header, the header, the values."""
    with open(path, "rb") as file:
        length = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(length))
        body = file.read()
    result = {}
    for name, entry in header.items():
        if name == "__metadata__" or entry["dtype"] != "F32":
            continue
        start, end = entry["data_offsets"]
        name = name.replace(".attention.", ".").replace(".mlp.", ".")
        if name.startswith("block"):
            number, rest = name[5:].split(".", 1)
            name = f"blocks.{number}.{rest}"
        result[name] = torch.from_numpy(np.frombuffer(body[start:end], dtype=np.float32).reshape(entry["shape"]).copy())
    return result


class Peer:
    MICROBATCH = 2

    def __init__(self, model, weights, tokens, positions):
        self.model = Model(**model)
        missing, unexpected = self.model.load_state_dict(read_weights(weights), strict=False)
        assert not missing, missing
        data = torch.from_numpy(np.fromfile(tokens, dtype=np.int32).astype(np.int64)).view(2, -1, positions)
        self.inputs, self.targets = data[0], data[1]
        self.parameters = list(self.model.parameters())
        self.basis = None
        self.values = None

    def flat(self):
        return torch.cat([p.detach().reshape(-1) for p in self.parameters])

    def write(self, flat):
        index = 0
        for p in self.parameters:
            p.data.copy_(flat[index:index + p.numel()].view_as(p))
            index += p.numel()

    def mean_loss(self, x, y):
        total, count = torch.zeros(()), 0
        for start in range(0, x.shape[0], self.MICROBATCH):
            xb, yb = x[start:start + self.MICROBATCH], y[start:start + self.MICROBATCH]
            logits = self.model(xb)
            total = total + F.cross_entropy(logits.view(-1, logits.shape[-1]), yb.reshape(-1)) * xb.numel()
            count += xb.numel()
        return total / count

    def value(self, k):
        with torch.no_grad():
            return self.mean_loss(self.inputs[:k], self.targets[:k]).item()

    def gradient(self, k):
        self.model.zero_grad(set_to_none=True)
        self.mean_loss(self.inputs[:k], self.targets[:k]).backward()
        return torch.cat([p.grad.reshape(-1) for p in self.parameters])

    def product(self, k, vector):
        self.model.zero_grad(set_to_none=True)
        gradient = torch.autograd.grad(self.mean_loss(self.inputs[:k], self.targets[:k]), self.parameters, create_graph=True)
        along = (torch.cat([g.reshape(-1) for g in gradient]) * vector).sum()
        return torch.cat([h.reshape(-1) for h in torch.autograd.grad(along, self.parameters)]).detach()

    def eigen(self, k, count, iterations, tolerance):
        """Deflated power iteration; each eigenvalue is the norm, as in the paper's code."""
        torch.manual_seed(0)
        size = sum(p.numel() for p in self.parameters)
        vectors, values, products = [], [], 0
        start = time.perf_counter()
        for _ in range(count):
            vector = torch.randn(size)
            vector /= vector.norm()
            value = torch.tensor(0.0)
            for _ in range(iterations):
                image = self.product(k, vector)
                products += 1
                for other, own in zip(vectors, values):
                    image = image - own * torch.dot(other, vector) * other
                length = image.norm()
                following = image / length
                next_value = torch.dot(following, image)
                settled = torch.abs(next_value - value) < tolerance * torch.abs(next_value)
                vector, value = following, next_value
                if settled:
                    break
            vectors.append(vector)
            values.append(float(value))
        seconds = time.perf_counter() - start
        self.basis, self.values = torch.stack(vectors, dim=1), values
        residuals = [float((self.product(k, v) - l * v).norm()) for v, l in zip(vectors, values)]
        return {"seconds": seconds, "products": products, "values": values, "residuals": residuals}

    def surrogate(self, k, count, trimmed):
        """a, c and B as differences of means. The paper's code takes the Hessians over four sequences at most, trimmed; the definition takes all."""
        basis = self.basis[:, :count]
        start = time.perf_counter()
        a = self.value(k + 1) - self.value(k)
        c = basis.T @ (self.gradient(k + 1) - self.gradient(k))
        before, after = ((min(k, 4), min(k + 1, 4)) if trimmed else (k, k + 1))
        compressed = []
        for size in (before, after):
            matrix = torch.zeros(count, count)
            for j in range(count):
                matrix[:, j] = basis.T @ self.product(size, basis[:, j])
            compressed.append((matrix + matrix.T) / 2)
        b = compressed[1] - compressed[0]
        return {"seconds": time.perf_counter() - start, "a": a, "c": c.tolist(), "b": b.reshape(-1).tolist()}

    def direct(self, k, count, sigma, samples):
        basis = self.basis[:, :count].contiguous()
        at = self.flat()
        squares = []
        start = time.perf_counter()
        for _ in range(samples):
            self.write(at + basis @ (torch.randn(count) * sigma))
            low = self.value(k)
            squares.append((self.value(k + 1) - low) ** 2)
        seconds = time.perf_counter() - start
        self.write(at)
        return {"seconds": seconds, "mean": sum(squares) / samples}

    def moment(self, model, sigma, repeats):
        """The closed form, as the paper's code evaluates it."""
        a, c = model["a"], torch.tensor(model["c"])
        b = torch.tensor(model["b"]).view(len(model["c"]), -1)
        start = time.perf_counter()
        for _ in range(repeats):
            trace, square, length = torch.trace(b).item(), torch.trace(b @ b).item(), torch.dot(c, c).item()
            value = a ** 2 + a * sigma ** 2 * trace + sigma ** 2 * length + sigma ** 4 / 4 * (2 * square + trace ** 2)
        return {"seconds": (time.perf_counter() - start) / repeats, "mean": value}

    def use(self, path, count):
        """Takes a basis from a file of rows."""
        self.basis = torch.from_numpy(np.fromfile(path, dtype=np.float32)).view(count, -1).T.contiguous()
        return {"seconds": 0}


def main():
    limit_threads(int(sys.argv[1]))
    peer = Peer(**json.loads(sys.argv[2]))
    for line in sys.stdin:
        request = json.loads(line)
        work = request.pop("work")
        if work == "loss":
            answer = {"seconds": 0, "mean": peer.value(request["k"])}
        else:
            answer = getattr(peer, work)(**request)
        print(json.dumps(answer), flush=True)


main()
