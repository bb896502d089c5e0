"""Pages are rendered with the names that Jinja gives a template, and fail as Jinja fails."""

from __future__ import annotations

import pytest
from jinja2 import DictLoader, Environment, Template, UndefinedError

from veillee.site.outputs.jobs import rendered

SOURCE = (
    "{{ own }} {{ shared }} {{ of_template }} {{ of_environment }} {{ gone }}{% for n in (0, 1) %}{{ n }}{% endfor %}"
)


@pytest.fixture
def template() -> Template:
    environment = Environment(loader=DictLoader({"page": SOURCE, "broken": "line\n{{ gone.further }}"}))
    environment.globals.update(of_environment="e", shared="e", of_template="e", own="e")
    return environment.get_template("page", globals={"of_template": "t", "shared": "t", "own": "t"})


def test_names_hide_one_another_as_in_jinja(template: Template) -> None:
    context = {"own": "o", "shared": "o"}
    assert rendered(template, context) == template.render(context) == "o o t e 01"
    assert context == {"own": "o", "shared": "o"}
    template.environment.globals["of_environment"] = "later"
    assert rendered(template, context) == template.render(context) == "o o t later 01"


def test_an_error_has_the_line_of_the_template(template: Template) -> None:
    broken = template.environment.get_template("broken")
    with pytest.raises(UndefinedError) as caught:
        rendered(broken, {})
    assert ("top-level template code", 2) in [(entry.name, entry.lineno + 1) for entry in caught.traceback]


def test_a_template_of_another_kind_renders_itself(template: Template) -> None:
    class Loud:
        globals = template.globals
        environment = template.environment

        def render(self, context: dict[str, object]) -> str:
            return f"loud {context['own']}"

    assert rendered(Loud(), {"own": "o"}) == "loud o"
