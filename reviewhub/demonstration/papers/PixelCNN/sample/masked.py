"""Masked convolutions and the gated layer (Section 2)."""

import torch
from torch import nn


class MaskedConv(nn.Conv2d):
    """Convolution that sees only pixels above, and to the left in the same row; kind A also hides the centre."""

    def __init__(self, kind: str, *settings, **options) -> None:
        super().__init__(*settings, **options)
        height, width = self.kernel_size
        mask = torch.ones(height, width)
        mask[height // 2, width // 2 + 1 :] = 0
        mask[height // 2 + 1 :] = 0
        self.register_buffer("mask", mask)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.weight.data *= self.mask
        return super().forward(x)


class GatedLayer(nn.Module):
    """y = tanh(W_f * x + V_f h) . sigmoid(W_g * x + V_g h) (Equation 4), with a residual connection."""

    def __init__(self, channels: int, classes: int) -> None:
        super().__init__()
        self.both = MaskedConv("B", channels, 2 * channels, 3, padding=1)
        self.label = nn.Embedding(classes, 2 * channels)
        self.out = nn.Conv2d(channels, channels, 1)

    def forward(self, x: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
        both = self.both(x) + self.label(label)[:, :, None, None]
        content, gate = both.chunk(2, dim=1)
        return x + self.out(torch.tanh(content) * torch.sigmoid(gate))
