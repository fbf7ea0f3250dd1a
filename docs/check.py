"""Hold the documentation against the code: `python docs/check.py` checks, `--write` writes the command reference again.

Checks that (1) docs/reference/commands.md and mapping.md are what the code says today, (2) every relative link in
README and docs leads somewhere, headings included, (3) every `accord …` command named in a shell block exists, with its
options.
"""

from __future__ import annotations

import inspect
import re
import shlex
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import click

from accord.cli import cli
from accord.records import mapping

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "docs" / "reference"
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.M | re.S)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")


def commands(command: click.Command, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command below `command`, in the order in which help lists them."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command, info_name=path[-1])
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None and not below.hidden:
                yield from commands(below, (*path, name))


def reference() -> str:
    """The command reference in Markdown: one heading a command, its help as it is printed."""
    parts = [
        "# Command reference\n\nWritten by `make docs` from `--help`; `make check` fails when they differ.\n",
        "stdout is data, stderr is talk; `-` is stdin or stdout; `--json` gives one object a line. Exit codes: "
        "0 done · 1 failed · 2 usage · 3 the answer is no · 4 refused by the accord.\n",
    ]
    for path, command in commands(cli, ("accord",)):
        names = " ".join(path)
        parent = None
        for name in path[:-1]:
            parent = click.Context(click.Command(name), info_name=name, parent=parent)
        context = click.Context(command, info_name=path[-1], parent=parent, terminal_width=100, max_content_width=100)
        parts.append(f"## {names}\n\n```text\n{command.get_help(context).rstrip()}\n```\n")
    return "\n".join(parts)


def mapping_reference() -> str:
    """The format of a mapping file, from the docstring of the module that reads it."""
    first, _, rest = (inspect.getdoc(mapping) or "").partition("\n\n")
    sample, _, rest = rest.partition("\n\nInvariants:")
    sample = textwrap.dedent(sample)
    return (
        f"# Mapping files\n\nWritten by `make docs` from `accord.records.mapping`.\n\n{first}\n\n"
        f"```toml\n{sample}\n```\n\n{rest.partition('>>>')[0].strip().capitalize()}\n"
    )


WRITTEN = {"commands.md": reference, "mapping.md": mapping_reference}


def pages() -> list[Path]:
    """The pages that are checked: README, changelog, docs and the benchmarks' own notes."""
    return [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md")),
            *sorted((ROOT / "benchmarks").glob("*/README.md"))]  # fmt: skip


def anchors(text: str) -> set[str]:
    """The heading anchors of a page, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", text), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def broken_links(page: Path) -> Iterator[str]:
    """Relative links of a page that lead nowhere."""
    for target in LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8"))):
        if "://" in target or target.startswith("mailto:"):
            continue
        name, _, anchor = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        if not file.exists():
            yield f"{page.relative_to(ROOT)}: no such file: {target}"
        elif anchor and file.suffix == ".md" and anchor not in anchors(file.read_text(encoding="utf-8")):
            yield f"{page.relative_to(ROOT)}: no such heading: {target}"


def unknown_commands(page: Path) -> Iterator[str]:
    """Commands and options in shell blocks that the command line does not know."""
    known = dict(commands(cli, ("accord",)))
    for language, block in FENCE.findall(page.read_text(encoding="utf-8")):
        if language not in {"sh", "console", "bash"}:
            continue
        for line in block.replace("\\\n", " ").splitlines():
            words = shlex.split(line.removeprefix("$ "), comments=True)
            if not words or words[0] != "accord":
                continue
            path: tuple[str, ...] = ("accord",)
            while len(words) > len(path) and (*path, words[len(path)]) in known:
                path = (*path, words[len(path)])
            if isinstance(known[path], click.Group) and len(words) > len(path) and not words[len(path)].startswith("-"):
                yield f"{page.relative_to(ROOT)}: unknown command: {line.strip()}"
            options = {name for parameter in known[path].params for name in parameter.opts + parameter.secondary_opts}
            options |= {"--help", "-h", "--version"}
            for word in words[len(path) :]:
                if word.startswith("--") and word.partition("=")[0] not in options:
                    yield f"{page.relative_to(ROOT)}: unknown option {word}: {line.strip()}"


def main() -> int:
    """Check (0 when all is well), or write the reference with `--write`."""
    if "--write" in sys.argv:
        for name, text in WRITTEN.items():
            (REFERENCE / name).write_text(text(), encoding="utf-8")
        return 0
    problems = []
    for name, text in WRITTEN.items():
        file = REFERENCE / name
        if not file.exists() or file.read_text(encoding="utf-8") != text():
            problems.append(f"docs/reference/{name} differs from the code: run `make docs`")
    for page in pages():
        problems += [*broken_links(page), *unknown_commands(page)]
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"docs: {len(pages())} pages, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
