"""Podium: automated machine learning as a Kubeflow pipeline."""
