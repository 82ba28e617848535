"""The score: its data, training and evaluation."""
