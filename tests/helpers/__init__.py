"""What tests share and is not a test: small recipes, third-party networks, movies, fonts, processes."""
