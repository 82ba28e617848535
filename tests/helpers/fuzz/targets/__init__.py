"""What is fuzzed: a function for each format, in a module for each room of `models` that reads it."""
