"""The card that every ONNX generator carries: what it makes, its inputs, outputs, styles and credits."""
