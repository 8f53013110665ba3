"""The vector field v_t(x): a small network (Section E.1: 5 layers of 512 units)."""

import torch
from torch import nn


class Field(nn.Module):
    def __init__(self, width: int = 512, layers: int = 5) -> None:
        super().__init__()
        sizes = [3, *[width] * (layers - 1)]
        self.body = nn.Sequential(
            *(part for a, b in zip(sizes, sizes[1:]) for part in (nn.Linear(a, b), nn.SiLU())), nn.Linear(width, 2)
        )

    def forward(self, t: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
        return self.body(torch.cat((x, t.expand(len(x), 1)), dim=1))
