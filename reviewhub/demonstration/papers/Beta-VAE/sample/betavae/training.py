"""Training on dSprites: Adagrad with a learning rate of 1e-2 (Table 2)."""

import argparse

import numpy as np
import torch

from betavae.model import BetaVAE
from betavae.objective import objective
from betavae.shapes import Shapes


def train(beta: float, steps: int = 300_000, size: int = 64, seed: int = 0) -> BetaVAE:
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    data, model = Shapes(), BetaVAE().cuda()
    step = torch.optim.Adam(model.parameters(), lr=5e-4)
    for number in range(steps):
        x = data.images(data.sample(rng, size))
        output, mu, logvar = model(x)
        loss = objective(output, x, mu, logvar, beta)
        step.zero_grad()
        loss.backward()
        step.step()
        if number % 1000 == 0:
            print(f"{number:7d} {loss.item():9.3f}")
    return model


if __name__ == "__main__":
    words = argparse.ArgumentParser()
    words.add_argument("--beta", type=float, default=4.0)
    torch.save(train(words.parse_args().beta).state_dict(), "model.ckpt")
