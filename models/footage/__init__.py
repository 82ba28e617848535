"""The pictures of other people's strips: decoding movies and stills, placing them in the frame, telling them apart."""
