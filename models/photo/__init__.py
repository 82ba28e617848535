"""Textures from photographs without training: a photograph's pieces, blended so that its colors stay as they are.

Heitz and Neyret, "High-performance by-example noise using a histogram-preserving blending operator" (HPG 2018); Burley,
"On histogram-preserving blending for randomized texture tiling" (JCGT 2019).
"""
