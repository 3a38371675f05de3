"""Measurements that anyone can run: ``python -m benchmarks.NAME``; each prints its figures and peers."""
