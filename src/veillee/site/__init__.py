"""Everything that touches Pelican: readers, generators, and the community derived from articles."""
