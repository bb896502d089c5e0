SITENAME = "La Veillée"
SITEURL = "https://veillee.example"
AUTHOR = "La Veillée"
TIMEZONE = "Europe/Paris"
DEFAULT_LANG = "fr"

PATH = "content"
OUTPUT_PATH = "output"
THEME = "theme"
PLUGINS = ["veillee.plugin"]

VEILLEE_LANGUAGES = ["fr", "en"]
VEILLEE_STRICT = True
VEILLEE_TAGLINE = {
    "fr": "La communauté de celles et ceux qui apprennent en travaillant, aux Ateliers Rochebrune",
    "en": "The community of those who learn while they work, at Ateliers Rochebrune",
}
VEILLEE_EDIT_URL = "https://git.rochebrune.example/veillee/edit/main/content/{path}"
