"""The generators at hand: the shipped catalog, the user library, checksums."""
