"""U-Net of Appendix B: group normalisation, self-attention at 16x16, time by sinusoidal embedding."""

import math

import torch
from torch import nn
from torch.nn import functional as F


def embed_time(t: torch.Tensor, width: int) -> torch.Tensor:
    """Sinusoidal position embedding (Vaswani et al., 2017)."""
    rates = torch.exp(-math.log(10_000) * torch.arange(width // 2, device=t.device) / (width // 2))
    angles = t[:, None].float() * rates[None]
    return torch.cat((angles.sin(), angles.cos()), dim=1)


class Residual(nn.Module):
    """Two convolutions with the time embedding added between them."""

    def __init__(self, inside: int, outside: int, time: int, dropout: float) -> None:
        super().__init__()
        self.norm1, self.conv1 = nn.GroupNorm(32, inside), nn.Conv2d(inside, outside, 3, padding=1)
        self.time = nn.Linear(time, outside)
        self.norm2, self.conv2 = nn.GroupNorm(32, outside), nn.Conv2d(outside, outside, 3, padding=1)
        self.dropout = nn.Dropout(dropout)
        self.skip = nn.Conv2d(inside, outside, 1) if inside != outside else nn.Identity()

    def forward(self, x: torch.Tensor, time: torch.Tensor) -> torch.Tensor:
        h = self.conv1(F.silu(self.norm1(x))) + self.time(F.silu(time))[:, :, None, None]
        return self.skip(x) + self.conv2(self.dropout(F.silu(self.norm2(h))))


class Attention(nn.Module):
    """Single-head self-attention over all positions."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(32, channels)
        self.qkv, self.out = nn.Conv2d(channels, 3 * channels, 1), nn.Conv2d(channels, channels, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        batch, channels, height, width = x.shape
        q, k, v = self.qkv(self.norm(x)).flatten(2).transpose(1, 2).chunk(3, dim=2)
        mixed = F.scaled_dot_product_attention(q, k, v)
        return x + self.out(mixed.transpose(1, 2).view(batch, channels, height, width))


class UNet(nn.Module):
    """eps_theta(x_t, t)."""

    def __init__(self, channels: int = 128, multipliers: tuple[int, ...] = (1, 2, 2, 2), dropout: float = 0.1) -> None:
        super().__init__()
        self.width = channels
        time = 4 * channels
        self.time = nn.Sequential(nn.Linear(channels, time), nn.SiLU(), nn.Linear(time, time))
        sizes = [channels * factor for factor in multipliers]
        self.first = nn.Conv2d(3, channels, 3, padding=1)
        self.down = nn.ModuleList(Residual(a, b, time, dropout) for a, b in zip([channels, *sizes], sizes))
        self.middle = nn.ModuleList((Residual(sizes[-1], sizes[-1], time, dropout), Attention(sizes[-1])))
        self.up = nn.ModuleList(Residual(2 * b, a, time, dropout) for a, b in zip([channels, *sizes], sizes))
        self.last = nn.Sequential(nn.GroupNorm(32, channels), nn.SiLU(), nn.Conv2d(channels, 3, 3, padding=1))

    def forward(self, x: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
        time, h, kept = self.time(embed_time(t, self.width)), self.first(x), []
        for block in self.down:
            h = block(h, time)
            kept.append(h)
            h = F.avg_pool2d(h, 2)
        h = self.middle[1](self.middle[0](h, time))
        for block in reversed(self.up):
            h = block(torch.cat((F.interpolate(h, scale_factor=2), kept.pop()), dim=1), time)
        return self.last(h)
