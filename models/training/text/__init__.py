"""The text effects: their data, network, training and export."""
