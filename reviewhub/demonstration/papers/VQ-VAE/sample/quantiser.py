"""The vector quantiser: nearest code (Equation 1), straight-through gradient, loss (Equation 3)."""

import torch
from torch import nn
from torch.nn import functional as F


class Quantiser(nn.Module):
    """K codes of D dimensions."""

    def __init__(self, codes: int = 512, size: int = 64, beta: float = 0.25) -> None:
        super().__init__()
        self.codes = nn.Embedding(codes, size)
        nn.init.uniform_(self.codes.weight, -1 / codes, 1 / codes)
        self.beta = beta

    def nearest(self, z: torch.Tensor) -> torch.Tensor:
        """Index of the nearest code for every position (Equation 1)."""
        flat = z.permute(0, 2, 3, 1).reshape(-1, z.size(1))
        distance = flat.pow(2).sum(1, keepdim=True) - 2 * flat @ self.codes.weight.t() + self.codes.weight.pow(2).sum(1)
        return distance.argmin(dim=1).view(z.size(0), *z.shape[2:])

    def forward(self, z: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return the quantised tensor, the loss of codebook and commitment, and the indices."""
        index = self.nearest(z)
        e = self.codes(index).permute(0, 3, 1, 2)
        # ||sg[z_e(x)] - e||^2 + beta ||z_e(x) - sg[e]||^2 (Equation 3)
        loss = F.mse_loss(e, z) + self.beta * F.mse_loss(z, e.detach())
        return e, loss, index
