"""ARM, attention-based re-identification meta-learning, reconstructed: episodes, encoders of gallery and probe."""
