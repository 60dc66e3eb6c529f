"""The peer of the path-conditioning benchmark: PathCond (arXiv 2602.19799) on a multilayer perceptron in PyTorch.

Written for this benchmark in the manner of the published code: one index list for the parameters that enter each unit
and one for those that leave it, a compiled loop over the units, all sums in double precision. With a folder of the
published code in PATHCOND_REPOSITORY, the variant "authors" runs its functions instead; none of it is kept here.

Reads one request a line, {"weights": file, "sizes": [...], "sweeps": n, "variant": "own" or "authors", "scales": file},
and answers with the seconds that finding and applying the scales took; the log-scales go to the second file. A request
without weights says whether the variant is there: 1 or 0.
"""
import json
import os
import sys
import time
import types
from typing import List

import torch

from peer import limit_threads


def mlp(sizes, values):
    layers, at = [], 0
    for i in range(len(sizes) - 1):
        linear = torch.nn.Linear(sizes[i], sizes[i + 1], bias=i + 2 < len(sizes))
        with torch.no_grad():
            for parameter in linear.parameters():
                parameter.copy_(values[at:at + parameter.numel()].view_as(parameter))
                at += parameter.numel()
        layers.append(linear)
        if i + 2 < len(sizes):
            layers.append(torch.nn.ReLU())
    return torch.nn.Sequential(*layers)


def gram_diagonal(model, inputs):
    kept = [p.detach().clone() for p in model.parameters()]
    with torch.no_grad():
        for p in model.parameters():
            p.square_()
    gradients = torch.autograd.grad(model(torch.ones(1, inputs)).sum(), list(model.parameters()))
    with torch.no_grad():
        for p, old in zip(model.parameters(), kept):
            p.copy_(old)
    return torch.cat([g.reshape(-1) for g in gradients]).double()


def index_lists(model):
    starts, total = {}, 0
    for p in model.parameters():
        starts[id(p)] = total
        total += p.numel()
    linears = [m for m in model if isinstance(m, torch.nn.Linear)]
    entering, leaving = [], []
    for layer, following in zip(linears[:-1], linears[1:]):
        outputs, inputs = layer.weight.shape
        for unit in range(outputs):
            row = starts[id(layer.weight)] + unit * inputs + torch.arange(inputs)
            entering.append(torch.cat([row, torch.tensor([starts[id(layer.bias)] + unit])]))
            leaving.append(starts[id(following.weight)] + unit + outputs * torch.arange(following.weight.shape[0]))
    return entering, leaving, total


@torch.jit.script
def solve(g: torch.Tensor, entering: List[torch.Tensor], leaving: List[torch.Tensor], sweeps: int):
    parameters = g.numel()
    z = torch.zeros(len(entering), dtype=torch.double)
    bz = torch.zeros(parameters, dtype=torch.double)
    total = g.sum()
    for sweep in range(sweeps):
        for h in range(len(entering)):
            into, out = entering[h], leaving[h]
            before = torch.sum(torch.exp(bz[out]) * g[out]) + torch.sum(torch.exp(bz[into]) * g[into])
            rest = total - before
            old = z[h].item()
            b = torch.sum(torch.exp(bz[out] - old) * g[out])
            c = torch.sum(torch.exp(bz[into] + old) * g[into])
            a = float(into.numel() - out.numel())
            square, linear, constant = b * (parameters + a), rest * a, c * (a - parameters)
            new = torch.log((-linear + torch.sqrt(linear * linear - 4.0 * square * constant)) / (2.0 * square))
            change = new - old
            bz[out] += change
            bz[into] -= change
            z[h] = new
            total = rest + torch.sum(torch.exp(bz[out]) * g[out]) + torch.sum(torch.exp(bz[into]) * g[into])
    return bz, z


def run_own(model, sizes, sweeps):
    g = gram_diagonal(model, sizes[0])
    entering, leaving, _ = index_lists(model)
    bz, z = solve(g, entering, leaving, sweeps)
    with torch.no_grad():
        flat = torch.nn.utils.parameters_to_vector(model.parameters())
        torch.nn.utils.vector_to_parameters(flat * torch.exp(-0.5 * bz.float()), model.parameters())
    return z


def published():
    folder = os.environ.get("PATHCOND_REPOSITORY")
    if not folder or not os.path.isdir(folder):
        return None
    # Packages that its modules import and these functions do not use.
    for name in ("tqdm", "torchvision", "torchvision.models", "torchvision.models.resnet"):
        sys.modules.setdefault(name, types.ModuleType(name))
    sys.modules["tqdm"].tqdm = lambda items: items
    sys.modules["torchvision.models.resnet"].BasicBlock = type("BasicBlock", (), {})
    sys.path.insert(0, folder)
    from pathcond import rescaling_polyn
    return rescaling_polyn


def run_authors(code, model, sweeps):
    bz, z = code.optimize_rescaling_polynomial(model, n_iter=sweeps, tol=0.0)
    code.reweight_model_inplace(model, bz)
    return z


def main():
    limit_threads(int(sys.argv[1]))
    code = published()
    for line in sys.stdin:
        request = json.loads(line)
        authors = request["variant"] == "authors"
        if "weights" not in request:
            print(1 if not authors or code else 0, flush=True)
            continue
        with open(request["weights"], "rb") as file:
            values = torch.frombuffer(bytearray(file.read()), dtype=torch.float32)
        model = mlp(request["sizes"], values)
        start = time.perf_counter()
        z = run_authors(code, model, request["sweeps"]) if authors else run_own(model, request["sizes"], request["sweeps"])
        taken = time.perf_counter() - start
        with open(request["scales"], "w") as file:
            json.dump(z.double().tolist(), file)
        print(taken, flush=True)


main()
