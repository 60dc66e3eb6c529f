"""The peer of the isometry benchmark: an AdamW step and the isometry penalty in PyTorch.

The penalty is written as the code published with arXiv 2606.09762 has it: the Gram matrix of the smaller side by one product,
the deviation from the identity, the gradient by a second product, and the weight changed in place after the optimizer's step
("decoupled"); or half the squared norm of the deviation added to the loss ("coupled"). Reads one request a line from standard
input, {"case": {...}, "steps": n}, and answers with the seconds that the steps took.
"""

import torch

from peer import serve_steps


def deviation(weight):
    rows, columns = weight.shape
    gram = weight @ weight.T if rows <= columns else weight.T @ weight
    return gram - torch.eye(gram.shape[0], dtype=weight.dtype)


@torch.no_grad()
def decoupled(weights, rate):
    for weight in weights:
        d = deviation(weight)
        gradient = 4.0 * (d @ weight if weight.shape[0] <= weight.shape[1] else weight @ d)
        weight.sub_(rate * gradient)


class Case:
    def __init__(self, sizes, batch, foreach, variant, rate):
        torch.manual_seed(0)
        layers = []
        for i in range(len(sizes) - 1):
            layers.append(torch.nn.Linear(sizes[i], sizes[i + 1]))
            torch.nn.init.orthogonal_(layers[-1].weight)
            if i + 2 < len(sizes):
                layers.append(torch.nn.ReLU())
        self.model = torch.nn.Sequential(*layers)
        self.weights = [m.weight for m in self.model if isinstance(m, torch.nn.Linear)][:-1]
        self.x = torch.randn(batch, sizes[0])
        self.y = torch.randint(0, sizes[-1], (batch,))
        self.optimizer = torch.optim.AdamW(self.model.parameters(), lr=1e-4, weight_decay=0.0, foreach=foreach)
        self.variant, self.rate = variant, rate

    def step(self):
        self.optimizer.zero_grad(set_to_none=True)
        loss = torch.nn.functional.cross_entropy(self.model(self.x), self.y)
        if self.variant == "coupled":
            for weight in self.weights:
                loss = loss + self.rate * (deviation(weight) ** 2).sum()
        loss.backward()
        self.optimizer.step()
        if self.variant == "decoupled":
            decoupled(self.weights, self.rate)


serve_steps(Case)
