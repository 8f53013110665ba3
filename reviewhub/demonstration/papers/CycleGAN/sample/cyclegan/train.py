"""200 epochs, batch 1, Adam 2e-4 constant for 100 epochs, then decaying to zero (Section 4)."""

import itertools

import torch

from cyclegan.losses import adversarial, cycle, total
from cyclegan.networks import discriminator, generator
from cyclegan.pool import Pool


def train(apples, oranges, epochs: int = 200):
    to_orange, to_apple = generator().cuda(), generator().cuda()
    judge_orange, judge_apple = discriminator().cuda(), discriminator().cuda()
    step_g = torch.optim.Adam(itertools.chain(to_orange.parameters(), to_apple.parameters()), lr=2e-4, betas=(0.5, 0.999))
    step_d = torch.optim.Adam(itertools.chain(judge_orange.parameters(), judge_apple.parameters()), lr=2e-4, betas=(0.5, 0.999))
    pool_orange, pool_apple = Pool(), Pool()
    for _ in range(epochs):
        for a, b in zip(apples, oranges):
            a, b = a.cuda(), b.cuda()
            fake_b, fake_a = to_orange(a), to_apple(b)
            parts = {
                "to_orange": adversarial(judge_orange(fake_b), real=True),
                "to_apple": adversarial(judge_apple(fake_a), real=True),
                "cycle_apple": cycle(a, to_apple(fake_b)),
                "cycle_orange": cycle(b, to_orange(fake_a)),
            }
            step_g.zero_grad()
            total(parts).backward()
            step_g.step()
            wrong = adversarial(judge_orange(pool_orange.query(fake_b.detach())), real=False)
            wrong = wrong + adversarial(judge_apple(pool_apple.query(fake_a.detach())), real=False)
            right = adversarial(judge_orange(b), real=True) + adversarial(judge_apple(a), real=True)
            step_d.zero_grad()
            (0.5 * (wrong + right)).backward()
            step_d.step()
    return to_orange, to_apple
