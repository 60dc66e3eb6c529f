"""The peer of the convolution benchmark: the same network and steps in PyTorch, in the layout asked for.

Speaks as torch_steps.py does: one request a line, {"case": {"channelsLast": ..., "foreach": ...}, "steps": n}, answered with seconds.
"""

import torch
from torch import nn

from peer import serve_steps


class Case:
    def __init__(self, channelsLast, foreach):
        torch.manual_seed(0)
        self.model = nn.Sequential(
            nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(64, 128, 3, padding=1), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(128, 10))
        self.x = torch.randn(64, 1, 28, 28)
        self.y = torch.randint(0, 10, (64,))
        if channelsLast:
            self.model = self.model.to(memory_format=torch.channels_last)
            self.x = self.x.to(memory_format=torch.channels_last)
        self.optimizer = torch.optim.AdamW(self.model.parameters(), lr=1e-3, foreach=foreach)

    def step(self):
        self.optimizer.zero_grad(set_to_none=True)
        loss = nn.functional.cross_entropy(self.model(self.x), self.y)
        loss.backward()
        self.optimizer.step()


serve_steps(Case)
