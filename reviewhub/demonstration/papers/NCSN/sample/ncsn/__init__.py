"""Noise conditional score network."""
