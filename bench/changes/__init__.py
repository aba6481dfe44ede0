"""Scripted incidents with one guilty change or none, for bench/accuracy_changes.py."""
