"""Presets: saved settings of a kind, style included. Those that ship, those of the user, and files of them."""
