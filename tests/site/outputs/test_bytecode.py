"""Templates are compiled once, for all environments and all builds to come, as long as what they go by is the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from jinja2 import DictLoader, Environment, StrictUndefined, Undefined

from tests.site.outputs.fragments.showing import article
from veillee.site.outputs import bytecode
from veillee.site.outputs.bytecode import Shared, TemplateCode
from veillee.site.outputs.fragments.compiling import keep_fragments
from veillee.site.outputs.lookups import track_templates
from veillee.site.outputs.reach import Reach
from veillee.site.outputs.tracking import tracked

CARD = "{{ one.title }}{{ one.url }}{{ one.slug }}{{ one.category }}"
PAGE = "{% for one in articles %}{% include 'card' %}{% endfor %}{% include 'more' %}"
THEME = {"page": PAGE, "card": CARD, "more": "M"}


class Compiling(Environment):
    """Counts what it compiles."""

    compiled: list[str]

    def _generate(self, *arguments: Any, **named: Any) -> str:
        self.compiled.append(str(arguments[1]))
        return super()._generate(*arguments, **named)


def environment(code: TemplateCode, theme: dict[str, str] = THEME, **options: Any) -> Compiling:
    made = Compiling(loader=DictLoader(theme), bytecode_cache=code, **options)
    made.compiled = []
    keep_fragments(made)
    track_templates(made)
    return made


def compiled_by(code: TemplateCode, theme: dict[str, str] = THEME, **options: Any) -> list[str]:
    made = environment(code, theme, **options)
    made.get_template("page").render(articles=[article(1)])
    return sorted(made.compiled)


def test_each_template_is_compiled_once(tmp_path: Path) -> None:
    path = tmp_path / "build/templates"
    code = TemplateCode(path)
    assert compiled_by(code) == ["card", "more", "page"]
    assert compiled_by(code) == []
    assert compiled_by(TemplateCode(path)) == ["card", "more", "page"]
    code.save()
    assert compiled_by(TemplateCode(path)) == []
    before = path.stat().st_mtime_ns
    again = TemplateCode(path)
    compiled_by(again)
    again.save()
    assert path.stat().st_mtime_ns == before
    nowhere = TemplateCode(None)
    compiled_by(nowhere)
    nowhere.save()
    assert compiled_by(nowhere) == []


def test_sites_that_share_compile_a_theme_once(tmp_path: Path) -> None:
    shared: Shared = {}
    assert compiled_by(TemplateCode(tmp_path / "a", shared)) == ["card", "more", "page"]
    compiled_by(TemplateCode(None, shared), {"page": "of another site"})
    assert compiled_by(TemplateCode(None, shared), {**THEME, "more": "other"}) == ["more", "page"]
    compiled_by(TemplateCode(None, shared))
    code = TemplateCode(tmp_path / "b", shared)
    assert compiled_by(code) == []
    assert compiled_by(TemplateCode(None, shared), autoescape=True) == ["card", "more", "page"]
    code.save()
    assert compiled_by(TemplateCode(tmp_path / "b")) == [], "what others have compiled is kept for each that shows it"
    small = TemplateCode(tmp_path / "c", shared)
    compiled_by(small, {"page": ""})
    small.save()
    assert (tmp_path / "c").stat().st_size < (tmp_path / "b").stat().st_size / 2, "and for no other"


def test_what_templates_name_is_found_out_once(tmp_path: Path) -> None:
    theme = {"page": "{% extends 'base' %}{% from 'macros' import x %}", "base": "{% include name %}", "macros": ""}
    code = TemplateCode(tmp_path / "templates")
    for is_first in (True, False):
        made = environment(code, theme)
        parsed = []
        made.parse = lambda source, made=made, parsed=parsed: parsed.append(source) or type(made).parse(made, source)  # type: ignore[method-assign,assignment,func-returns-value]
        assert Reach().of(made, ["page"]) == ({"page", "base", "macros"}, True)
        assert Reach().of(made, ["base"]) == ({"base"}, True)
        assert len(parsed) == 3 * is_first
        code.save()
        code = TemplateCode(tmp_path / "templates")
    made = environment(code, {**theme, "macros": "{% include name %}"})
    assert Reach().of(made, ["page"]) == ({"page", "base", "macros"}, False), "whoever imports it sees nothing of that"
    made.filters["mine"] = print
    assert Reach().of(made, ["page"]) == Reach().of(made, ["page"])


@pytest.mark.parametrize(
    ("changes", "compiled"),
    [
        ({"more": "other"}, ["more"]),
        ({"page": f"{PAGE} "}, ["page"]),
        ({"card": f"{CARD} "}, ["card", "page"]),
        ({"card": "{{ one.title }}{% include 'inner' %}", "inner": ""}, ["card", "inner", "page"]),
    ],
)
def test_what_has_changed_is_compiled_anew(tmp_path: Path, changes: dict[str, str], compiled: list[str]) -> None:
    code = TemplateCode(tmp_path / "templates")
    compiled_by(code)
    code.save()
    assert compiled_by(TemplateCode(tmp_path / "templates"), {**THEME, **changes}) == compiled


def test_a_list_hangs_on_the_names_of_its_card(tmp_path: Path) -> None:
    """What is compiled of the list knows which names make its card another one."""
    code = TemplateCode(tmp_path / "templates")
    compiled_by(code)
    code.save()
    made = environment(TemplateCode(tmp_path / "templates"), {**THEME, "card": f"{CARD}{{{{ PLACE }}}}"})
    fragments = keep_fragments(made)
    articles = [article(1)]
    with fragments.kept(None, int):
        for place in ("here", "there"):
            fragments.begin("")
            context = {"articles": articles, "PLACE": place}
            with tracked(context):
                assert made.get_template("page").render(context).endswith(f"{place}M")


@pytest.mark.parametrize(
    "options",
    [{"trim_blocks": True}, {"autoescape": True}, {"undefined": StrictUndefined}, {"extensions": ["jinja2.ext.do"]}],
)
def test_other_ways_to_compile_are_kept_apart(options: dict[str, Any]) -> None:
    code = TemplateCode(None)
    assert compiled_by(code, undefined=Undefined)
    assert compiled_by(code, **options) == ["card", "more", "page"]
    assert compiled_by(code, **options) == []
    assert compiled_by(code) == []


def test_filters_of_others_may_say_something_else_each_time() -> None:
    """Jinja works out what a filter makes of a constant when it compiles."""
    code = TemplateCode(None)
    for answer in ("a", "b"):
        made = environment(code, {"page": "{{ 'x'|mine }}"})
        made.filters["mine"] = lambda _, answer=answer: answer
        assert made.get_template("page").render() == answer
    made = environment(code, {"page": "{{ 'x'|upper }}"})
    assert made.get_template("page").render() == "X"
    made.filters["upper"] = lambda _: "mine"
    made.cache.clear()  # type: ignore[union-attr]
    assert made.get_template("page").render() == "mine"


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    code = TemplateCode(tmp_path / "templates")
    compiled_by(code)
    code.save()
    return tmp_path / "templates"


def test_a_file_that_is_not_whole_is_left_alone(kept: Path) -> None:
    whole = kept.read_bytes()
    for broken in (b"", whole[:30], whole[:-1], whole[:-40] + b"\0" + whole[-39:], b"x" + whole[1:]):
        kept.write_bytes(broken)
        assert compiled_by(TemplateCode(kept)) == ["card", "more", "page"]
    kept.unlink()
    kept.mkdir()
    code = TemplateCode(kept)
    assert compiled_by(code)
    code.save()


def test_another_program_compiles_anew(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert compiled_by(TemplateCode(kept)) == []
    with changed(monkeypatch, "own_code", lambda: b"another"):
        assert compiled_by(TemplateCode(kept))
    monkeypatch.setattr(bytecode.jinja2, "__version__", "0")
    assert compiled_by(TemplateCode(kept))


@contextmanager
def changed(monkeypatch: pytest.MonkeyPatch, name: str, value: Any) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setattr(bytecode, name, value)
        yield
