"""A RefineNet with conditional instance normalisation (Appendix A), smaller than the paper's."""

import torch
from torch import nn
from torch.nn import functional as F


class ConditionalNorm(nn.Module):
    """Conditional instance normalisation++ (Equation 15): keeps the means of the feature maps."""

    def __init__(self, channels: int, levels: int) -> None:
        super().__init__()
        self.scale = nn.Embedding(levels, channels)
        self.shift = nn.Embedding(levels, channels)
        self.means = nn.Embedding(levels, channels)
        nn.init.ones_(self.scale.weight)
        nn.init.zeros_(self.shift.weight)

    def forward(self, x: torch.Tensor, level: torch.Tensor) -> torch.Tensor:
        mean = x.mean(dim=(2, 3))
        relative = (mean - mean.mean(dim=1, keepdim=True)) / (mean.std(dim=1, keepdim=True) + 1e-5)
        h = F.instance_norm(x) * self.scale(level)[:, :, None, None]
        return h + (self.shift(level) + self.means(level) * relative)[:, :, None, None]


class ScoreNetwork(nn.Module):
    """s(x, sigma_i): image and index of the noise level to a score of the image's shape."""

    def __init__(self, channels: int = 128, levels: int = 10, blocks: int = 6) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, channels, 3, padding=1)
        self.norms = nn.ModuleList(ConditionalNorm(channels, levels) for _ in range(blocks))
        self.convs = nn.ModuleList(
            nn.Conv2d(channels, channels, 3, padding=2**(i // 2), dilation=2**(i // 2)) for i in range(blocks)
        )
        self.last = nn.Conv2d(channels, 3, 3, padding=1)

    def forward(self, x: torch.Tensor, level: torch.Tensor) -> torch.Tensor:
        h = self.first(x)
        for norm, conv in zip(self.norms, self.convs):
            h = h + conv(F.elu(norm(h, level)))
        return self.last(F.elu(h))
