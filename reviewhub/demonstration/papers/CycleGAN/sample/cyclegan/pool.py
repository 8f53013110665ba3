# After util/image_pool.py of the authors' pytorch-CycleGAN-and-pix2pix (BSD licence).
"""A pool of earlier generated images for the discriminators (Section 4, Shrivastava et al.)."""

import random

import torch


class Pool:
    def __init__(self, size: int = 50) -> None:
        self.size, self.images = size, []

    def query(self, images: torch.Tensor) -> torch.Tensor:
        chosen = []
        for image in images:
            if len(self.images) < self.size:
                self.images.append(image)
                chosen.append(image)
            elif random.random() > 0.5:
                at = random.randrange(self.size)
                chosen.append(self.images[at])
                self.images[at] = image
            else:
                chosen.append(image)
        return torch.stack(chosen)
