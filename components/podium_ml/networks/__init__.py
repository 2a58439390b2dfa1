"""How networks are trained and handed over, whatever they learn; its modules are imported only with PyTorch."""
