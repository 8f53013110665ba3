"""Flow matching on two-dimensional data."""
