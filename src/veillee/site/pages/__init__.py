"""The pages that list, and what every template may call: Community and editions -> views -> files."""
