"""The content of a site: files -> records -> Pelican's articles -> the Community, links and pictures looked at."""
