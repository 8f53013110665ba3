"""Denoising diffusion probabilistic models."""
