"""Cycle-consistent adversarial networks."""
