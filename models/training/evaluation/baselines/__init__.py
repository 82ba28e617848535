"""What a texture generator is compared with: published methods, for the tables alone."""
