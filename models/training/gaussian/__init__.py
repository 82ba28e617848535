"""Generators fitted without training: Gaussian textures, courses and masonry, stars."""
