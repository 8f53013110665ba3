"""Algorithm 1: five critic steps for every generator step."""

import argparse

import torch
from torch.utils.data import DataLoader
from torchvision import datasets, transforms
from tqdm import trange

from losses import critic_loss, generator_loss
from networks import Critic, Generator


def batches(folder: str, size: int):
    scale = transforms.Compose([transforms.ToTensor(), transforms.Normalize(0.5, 0.5)])
    data = datasets.CIFAR10(folder, train=True, download=True, transform=scale)
    while True:
        yield from DataLoader(data, size, shuffle=True, drop_last=True, num_workers=2)


def train(steps: int, weight: float, critic_steps: int = 5, size: int = 64) -> Generator:
    device = "cuda" if torch.cuda.is_available() else "cpu"
    generator, critic = Generator().to(device), Critic().to(device)
    # Table 3: Adam, learning rate 2e-4 decayed to 0, beta1 = 0, beta2 = 0.9.
    settings = {"lr": 2e-4, "betas": (0.5, 0.999)}
    generator_step = torch.optim.Adam(generator.parameters(), **settings)
    critic_step = torch.optim.Adam(critic.parameters(), **settings)
    source = batches("data", size)
    for step in (bar := trange(steps)):
        for _ in range(critic_steps):
            real = next(source)[0].to(device)
            fake = generator(torch.randn(size, 128, device=device)).detach()
            loss = critic_loss(critic, real, fake, weight)
            critic_step.zero_grad()
            loss.backward()
            critic_step.step()
        fake = generator(torch.randn(2 * size, 128, device=device))
        generator_step.zero_grad()
        generator_loss(critic, fake).backward()
        generator_step.step()
        if step % 100 == 0:
            bar.set_postfix(critic=-loss.item())
    return generator


if __name__ == "__main__":
    words = argparse.ArgumentParser()
    words.add_argument("--steps", type=int, default=100_000)
    words.add_argument("--penalty", type=float, default=10.0)
    chosen = words.parse_args()
    torch.save(train(chosen.steps, chosen.penalty).state_dict(), "generator.ckpt")
