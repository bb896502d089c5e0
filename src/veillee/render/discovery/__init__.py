"""Files that tell machines what a site is and where its pages stand: sitemap, robots.txt, manifest, security.txt."""
