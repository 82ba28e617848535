"""Reading an ONNX file without running it: container, wire format, tensors, graph, shapes."""
