"""Newsletters: an edition in one language -> the HTML and text of its mail."""

from veillee.model.newsletter import NewsletterTemplates
from veillee.render.newsletter.variant import (
    REFUSE_BYTES,
    Weight,
    find_left_out,
    find_template_faults,
    render_mjml_source,
    render_variant,
    render_web_page,
    weigh,
)

__all__ = [
    "REFUSE_BYTES",
    "NewsletterTemplates",
    "Weight",
    "find_left_out",
    "find_template_faults",
    "render_mjml_source",
    "render_variant",
    "render_web_page",
    "weigh",
]
