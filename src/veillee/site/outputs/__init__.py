"""The files of a built site: what Pelican's generators ask for -> jobs -> rendered where it must be -> the disk."""
