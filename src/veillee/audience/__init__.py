"""Subscribers, and what they asked for."""
