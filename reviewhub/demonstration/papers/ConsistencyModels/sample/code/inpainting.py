"""Zero-shot inpainting (Algorithm 4). Unfinished."""

import torch


def inpaint(model, image: torch.Tensor, mask: torch.Tensor, times: tuple[float, ...]) -> torch.Tensor:
    raise NotImplementedError("mask and noise in turns, see Algorithm 4")
