"""Running networks: the one importer of onnxruntime, sessions, limits, fallback, arrays in and out."""
