"""Functions that hold observed lines can be given other arguments; the rest of the program is as it was."""
import textwrap

from pythons import Rerun, every_python, oldest_and_newest_python

PROGRAM = textwrap.dedent(
    """\
    from functools import lru_cache

    def total(rows, scale=1, *more, **named):
        s = 0
        for row in rows:
            s += row * scale
        return s, len(more), len(named.get("table", ()))

    def deep(rows):
        return 0 if not rows else 1 + deep(rows[1:])

    class Shelf:
        def __init__(self, rows):
            self.rows = rows

        @staticmethod
        def put(rows):
            return len(rows)

        def count(self, rows):
            return len(self.rows) + len(rows)

    @lru_cache(maxsize=None)
    def width(rows):
        return len(rows)

    xs = [1, 2, 3, 4]
    print(total(xs, 2, [5], table={"a": 1, "b": 2}), len(xs))
    print(deep(xs), Shelf(xs).count((1, 2, 3)), Shelf.put(xs), width((1, 2, 3)), width.cache_info().misses, total.__name__)
    """
)


def rows(text):
    return 1 + next(index for index, row in enumerate(PROGRAM.split("\n")) if text in row)


def region(text, last=None):
    return {"id": text, "startLine": rows(text), "endLine": rows(last or text), "captures": []}


REGIONS = [region("for row in rows", "s += row"), region("return 0 if"), region("len(self.rows)")]


@every_python
def test_lists_tuples_and_mappings_keep_their_first_items(python, tmp_path):
    rerun = Rerun(python, tmp_path, PROGRAM, regions=REGIONS, arguments={"items": 1})
    assert rerun.out == "(2, 1, 1) 4\n1 5 4 3 1 total\n", rerun.err
    assert rerun.observed["changedCalls"] == 3, "one call of each function, and of the one that calls itself the outermost"
    assert rerun.observed["notes"] == []


@oldest_and_newest_python
def test_nothing_is_shortened_without_a_word_or_where_all_is_short(python, tmp_path):
    for spec in ({}, {"arguments": {"items": 9}}):
        rerun = Rerun(python, tmp_path, PROGRAM, regions=REGIONS, **spec)
        assert rerun.out == "(20, 1, 2) 4\n4 7 4 3 1 total\n", rerun.err
        assert not rerun.observed["changedCalls"]


@oldest_and_newest_python
def test_a_definition_that_is_changed_is_shortened_itself_with_what_decorates_it(python, tmp_path):
    start = rows("@lru_cache")
    changed = {"id": "whole", "startLine": start, "endLine": start + 2, "captures": []}
    rerun = Rerun(python, tmp_path, PROGRAM, regions=[changed], arguments={"items": 2})
    assert rerun.out.endswith("4 7 4 2 1 total\n"), rerun.out + rerun.err
    assert rerun.observed["changedCalls"] == 1


@oldest_and_newest_python
def test_lines_at_the_top_level_hold_nothing_to_shorten(python, tmp_path):
    rerun = Rerun(python, tmp_path, "xs = [1, 2]\ns = 0\nfor x in xs:\n    s += x\nprint(s)\n", regions=[{"id": "r", "startLine": 3, "endLine": 4, "captures": ["s"]}], arguments={"items": 0})
    assert rerun.out == "3\n" and rerun.observed["changedCalls"] == 0


@oldest_and_newest_python
def test_numbers_in_arguments_become_others_and_a_number_by_itself_stays(python, tmp_path):
    text = "def f(xs, n):\n    for x in xs:\n        pass\n    return xs, n\nprint(f([1, 2.5, True, 'a', (3, [4])], 6), f({'k': 2}, n=1))\n"
    held = [{"id": "r", "startLine": 2, "endLine": 3, "captures": []}]
    negated = Rerun(python, tmp_path, text, regions=held, arguments={"items": 7, "numbers": "negated"})
    assert negated.out == "([-1, -2.5, True, 'a', (-3, [-4])], 6) ({'k': -2}, 1)\n", negated.err
    large = Rerun(python, tmp_path, text, regions=held, arguments={"items": 2, "numbers": "large"})
    assert large.out == "([%d, %r], 6) ({'k': %d}, 1)\n" % (1 << 70, 2.5 * 1e200, 2 << 70)
    nan = Rerun(python, tmp_path, text, regions=held, arguments={"items": 7, "numbers": "nan"})
    assert nan.out == "([1, 2.5, True, 'a', (3, [4])], 6) ({'k': 2}, 1)\n", "of one float alone the first stays"
    assert nan.observed["changedCalls"] == 0
    floats = Rerun(python, tmp_path, text.replace("1, 2.5", "0.5, 2.5"), regions=held, arguments={"items": 7, "numbers": "nan"})
    assert floats.out.startswith("([0.5, nan, True,") and floats.observed["changedCalls"] == 1
