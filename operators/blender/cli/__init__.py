"""The command line, `blender FILE.blend --command latent_strips`: generated from the operators' own properties."""
