SITENAME = "Faulty"
SITEURL = "https://faulty.example"
TIMEZONE = "Europe/Paris"
THEME = "veillee"
VEILLEE_STRICT = True
VEILLEE_NOW = "2026-11-20T09:00"
