"""One file per metric. Each takes crops of real and of generated pictures and returns a number."""
