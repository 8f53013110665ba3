"""beta-VAE on dSprites."""
