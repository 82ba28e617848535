"""The command line: `blender --command latent_strips`."""
