"""The quick look: one small frame of what will be made, as its settings change."""
