"""Runs MyApi and its peers on the same work. See bench/README.md."""
