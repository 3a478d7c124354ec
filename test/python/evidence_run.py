"""Runs a program with its marked loops watched: `# hot` on the line of a loop, `# counted` on the line of a function."""
import ast
import json
import re

from pythons import Rerun


def loops_of(text, file, **more):
    """Requests for every loop or comprehension that starts on a marked line, in text order."""
    rows = text.split("\n")
    marked = [number for number, row in enumerate(rows, 1) if "# hot" in row]
    tree = ast.parse(text)
    found = []
    for node in ast.walk(tree):
        forms = {ast.For: "for", ast.AsyncFor: "for", ast.While: "while", ast.ListComp: "list-comprehension", ast.SetComp: "set-comprehension", ast.DictComp: "dict-comprehension", ast.GeneratorExp: "generator"}
        form = forms.get(type(node))
        if form is None or node.lineno not in marked:
            continue
        names = sorted({part.id for part in ast.walk(node) if isinstance(part, ast.Name)})
        writes = sorted({part.id for part in ast.walk(node) if isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Load)})
        column = len(rows[node.lineno - 1].encode()[: node.col_offset].decode().encode("utf-16-le")) // 2
        calls = sorted(set(re.findall(r"def (\w+)\(.*# counted", text)))
        loop = {"number": 0, "file": file, "form": form, "line": node.lineno, "column": column, "names": names, "writes": writes, "outside": names, "last": [], "gathers": [], "calls": calls, "privates": [], "shadow": True, "order": None}
        loop.update(more)
        found.append(loop)
    found.sort(key=lambda loop: (loop["line"], loop["column"]))
    for number, loop in enumerate(found):
        loop["number"] = number
    return found


class Watched(Rerun):
    """The program and what was seen: `loops`, `notes`."""

    def __init__(self, python, folder, text, *arguments, end_early=False, seconds=30, files=(), change=None, **spec):
        file = str(folder / "copy" / "program.py")
        loops = loops_of(text, file)
        if change is not None:
            change(loops)
        counted = [number for number, row in enumerate(text.split("\n"), 1) if "# counted" in row]
        evidence = {"loops": loops, "files": [file, *files], "functions": {file: counted}, "result": str(folder / "side" / "watched.json"), "endEarly": end_early, "seconds": seconds, "shadowSeconds": 5.0}
        super().__init__(python, folder, text, *arguments, evidence=evidence, **spec)
        found = folder / "side" / "watched.json"
        self.watched = json.loads(found.read_text(encoding="utf-8")) if found.exists() else {"loops": [], "notes": ["nothing written"]}
        self.notes = self.watched["notes"]
        self.loops = self.watched["loops"]
