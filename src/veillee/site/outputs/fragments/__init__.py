"""Fragments: parts of templates that come to the same on many pages, rendered once."""
