"""What is predicted: how it is read, encoded and decoded."""
