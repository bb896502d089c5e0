"""Subscribers, their preferences and segments."""
