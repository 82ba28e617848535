"""Text as pictures: fonts, shaping, placement, and the fields around letters that the networks work on."""
