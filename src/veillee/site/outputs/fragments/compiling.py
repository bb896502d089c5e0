"""Compiling: a marked part of a template -> code that asks first whether its text is known."""

from __future__ import annotations

from jinja2 import Environment, nodes
from jinja2.compiler import CodeGenerator, Frame

from veillee.site.outputs.fragments.finding import mark_fragments
from veillee.site.outputs.fragments.keeping import Fragments


def keep_fragments(environment: Environment) -> Fragments:
    """Templates that this environment compiles from now on keep their fragments; a second call changes nothing."""
    known = getattr(environment, "fragments", None)
    if isinstance(known, Fragments):
        return known
    environment.fragments = Fragments()  # type: ignore[attr-defined]
    if environment.code_generator_class is CodeGenerator and not environment.is_async:
        environment.code_generator_class = _Generator
    return environment.fragments  # type: ignore[attr-defined,no-any-return]


class _Generator(CodeGenerator):
    """Jinja's compiler."""

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802
        if self.name is not None and frame is None:
            mark_fragments(node, self.environment)
        super().visit_Template(node, frame)

    def visit_Scope(self, node: nodes.Scope, frame: Frame) -> None:  # noqa: N802
        fragment = getattr(node, "fragment", None)
        if fragment is None or frame.require_output_check or frame.eval_ctx.volatile:
            super().visit_Scope(node, frame)
            return
        place, names = fragment
        template = self.filename or self.name  # a theme and the one that it goes on from have templates of one name
        inside = frame.inner()
        inside.symbols.analyze_node(node)
        for name in names:
            inside.symbols.load(name)
        self.enter_frame(inside)
        values = "".join(f"{inside.symbols.ref(name)}, " for name in names)
        known = self.temporary_identifier()
        self.writeline(f"{known} = environment.fragments.of(({template!r}, {place}), ({values}))", node)
        self.writeline(f"if {known}.text is None:")
        self.indent()
        self.buffer(inside)
        self.blockvisit(node.body, inside)
        self.writeline(f"{known}.keep(concat({inside.buffer}))")
        self.outdent()
        self.simple_write(f"{known}.text", frame)
        self.leave_frame(inside)
