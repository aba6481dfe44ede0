"""Scripted git histories with one planted regression each, for bench/commits.py."""
