"""The site on this machine as it is written: sources watched -> builds -> a server that each page follows."""
