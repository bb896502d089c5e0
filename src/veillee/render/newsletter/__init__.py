"""Newsletters: an edition in one language -> the HTML and text of its mail."""

from veillee.model.newsletter import NewsletterTemplates
from veillee.render.newsletter.variant import (
    Weight,
    find_left_out,
    find_template_faults,
    render_mjml_source,
    render_variant,
    render_web_page,
    weigh,
)

__all__ = [
    "NewsletterTemplates",
    "Weight",
    "find_left_out",
    "find_template_faults",
    "render_mjml_source",
    "render_variant",
    "render_web_page",
    "weigh",
]
