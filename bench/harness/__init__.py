"""Runs MyApi and its peers on the same work. See docs/performance.md."""
