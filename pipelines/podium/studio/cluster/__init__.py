"""The studio behind the gateway of Kubeflow, for many users: who asks, and what they may do in which namespace."""
