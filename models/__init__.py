"""Everything in Latent Strips that needs no Blender: recipes, cards, the runtime, generators, the cache, the worker.

Imports here are relative and never leave the package, so that it is `models` in tests and in the worker process and
`bl_ext.<repository>.latent_strips.models` inside Blender.
"""
