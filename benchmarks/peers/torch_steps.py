"""The peer of the training-step benchmark: the same steps in PyTorch.

Reads one request a line from standard input, {"case": ..., "steps": n}, runs so many steps and answers with the seconds
they took. The calling benchmark alternates between this process and itself. Set up fairly: see benchmarks/README.md.
"""

import torch

from peer import serve_steps


def mlp(sizes):
    layers = []
    for i in range(len(sizes) - 1):
        layers.append(torch.nn.Linear(sizes[i], sizes[i + 1]))
        if i + 2 < len(sizes):
            layers.append(torch.nn.ReLU())
    return torch.nn.Sequential(*layers)


def activation_preconditioner(model, gamma):
    """DoPr as a user of PyTorch would write it: hooks gather S, a Cholesky solve before the optimizer's step."""
    moments = {}

    def gather(module, inputs, output):
        z = inputs[0].detach()
        moments[module] = z.T @ z / z.shape[0]

    layers = [m for m in model if isinstance(m, torch.nn.Linear)]
    for layer in layers:
        layer.register_forward_hook(gather)

    def apply():
        for layer in layers:
            s = moments[layer]
            tau = gamma * torch.trace(s) / s.shape[0] + 1e-8
            factor = torch.linalg.cholesky(s + tau * torch.eye(s.shape[0]))
            layer.weight.grad = torch.cholesky_solve(layer.weight.grad.T, factor).T.contiguous()

    return apply


class Case:
    def __init__(self, sizes, batch, loss, foreach, dopr):
        torch.manual_seed(0)
        self.model = mlp(sizes)
        self.x = torch.randn(batch, sizes[0])
        self.classify = loss == "crossEntropy"
        self.y = torch.randint(0, sizes[-1], (batch,)) if self.classify else torch.randn(batch, sizes[-1])
        self.optimizer = torch.optim.AdamW(self.model.parameters(), lr=1e-3, foreach=foreach)
        self.precondition = activation_preconditioner(self.model, 0.1) if dopr else None

    def step(self):
        self.optimizer.zero_grad(set_to_none=True)
        output = self.model(self.x)
        if self.classify:
            loss = torch.nn.functional.cross_entropy(output, self.y)
        else:
            loss = torch.nn.functional.mse_loss(output, self.y)
        loss.backward()
        if self.precondition is not None:
            self.precondition()
        self.optimizer.step()


serve_steps(Case)
