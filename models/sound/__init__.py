"""Synthesis of sound from what networks decide: band levels and partials to samples, rooms, levels, loops."""
