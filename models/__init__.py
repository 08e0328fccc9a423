"""Inference models: files, their cards, and the code that runs them."""
