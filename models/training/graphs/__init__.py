"""Building, exporting and weighing ONNX graphs."""
