"""A score from harmony and bars of melody: form, notes, and the instruments that play them."""
