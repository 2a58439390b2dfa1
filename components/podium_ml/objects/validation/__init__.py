"""Checks pictures with objects, repairs what is safe to repair, and sets test pictures aside."""
