"""Equal values are described alike, different ones differently, and nothing of the program's own code runs for it."""
import base64
import collections
import dataclasses
import enum
import math
import struct
import sys
from array import array
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pythons import HELPERS

sys.path.insert(0, HELPERS)
from _hotloop_values import MOST_FLOATS, capture  # noqa: E402

sys.path.remove(HELPERS)
np = pytest.importorskip("numpy", reason="NumPy is not installed: captures of arrays are not tested")


def seen(value):
    """What two runs compare."""
    row = capture("x", value)
    return row["structure"], row["floats"]


class Plain:
    def __init__(self, **state):
        self.__dict__.update(state)


class Slotted:
    __slots__ = ("a", "__b")

    def __init__(self, a, b):
        self.a = a
        self.__b = b


@dataclasses.dataclass
class Point:
    x: float
    y: int


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


def cyclic(last):
    found = [1.0, last]
    found.append(found)
    return found


EQUAL = [
    (lambda: [1, 2.5, "a", None, True, b"x", 1j], "a mixed list"),
    (lambda: {"a": [1.0], "b": (2,)}, "a dict"),
    (lambda: {3, 1, 2, "b", "a"}, "a set"),
    (lambda: Plain(a=1, b=[2.0]), "an object"),
    (lambda: Slotted(1, 2.0), "slots"),
    (lambda: Point(1.5, 2), "a dataclass"),
    (lambda: collections.Counter("abca"), "a counter"),
    (lambda: collections.deque([1.0], 5), "a deque"),
    (lambda: np.arange(6.0).reshape(2, 3), "an array"),
    (lambda: np.array([(1, 2.5)], dtype=[("a", "i4"), ("b", "f8")]), "records"),
    (lambda: [np.float64(1.5)] * 40, "a list of NumPy floats"),
    (lambda: cyclic(2), "a cycle"),
    (lambda: np.random.default_rng(3), "a generator"),
    (lambda: float("nan"), "nan"),
    (lambda: array("d", [1.0, 2.0]), "an array of the library"),
    (lambda: [Decimal("1.10"), Fraction(1, 3), range(3), Colour.RED], "numbers of the library"),
    (lambda: [[float(i)] * 3 for i in range(50)], "lists of lists"),
]

DIFFERENT = [
    ([1, 2], [1.0, 2.0]), ([1, 2], [2, 1]), ([1, 2], (1, 2)), ([1], [True]), ([1, 2, 3], np.array([1, 2, 3])), (1.0, np.float64(1.0)),
    (np.float32(1), np.float64(1)), (np.arange(3), np.arange(3.0)), (np.arange(3, dtype="i4"), np.arange(3)), (np.zeros((2, 3)), np.zeros((3, 2))),
    ({"a": 1, "b": 2}, {"b": 2, "a": 1}), ({1, 2}, {1, 3}), ({1, 2}, frozenset({1, 2})), (0.0, -0.0), (float("nan"), 1.0), ("1", 1), (b"a", "a"),
    ("ab", ["a", "b"]), ([[1], [2, 3]], [[1, 2], [3]]), (Point(1.0, 2), Point(1.0, 3)), (Slotted(1, 2), Slotted(2, 2)), (Slotted(1, 2), Slotted(1, 3)),
    (Plain(a=1), Plain(a=1, b=2)), (Plain(a=1), Plain(b=1)), (2**70, 2**70 + 1), (-5, 5), (None, 0), (Decimal("1.1"), Decimal("1.10")),
    (Colour.RED, Colour.BLUE), ([1] * 100, [1] * 101), ([0] * 100, [False] * 100), ([1.5] * 100, [1] * 100), ({0.1, 0.2}, {0.1, 0.3}),
    (collections.deque([1]), [1]), (collections.OrderedDict(a=1), {"a": 1}), (np.array(["a"]), np.array(["b"])), (1 + 2j, 1 - 2j), (max, min),
    (np.random.default_rng(1), np.random.default_rng(2)), (cyclic(1), cyclic(2)), ([np.float64(1)] * 40, [1.0] * 40), ("é", "e"), ([""], []),
]  # fmt: skip


@pytest.mark.parametrize("make,name", EQUAL, ids=[name for _, name in EQUAL])
def test_equal_values_are_described_alike(make, name):
    assert seen(make()) == seen(make())
    assert capture("x", make())["comparable"]


@pytest.mark.parametrize("a,b", DIFFERENT, ids=lambda value: type(value).__name__)
def test_different_values_are_described_differently(a, b):
    assert seen(a) != seen(b)


@pytest.mark.parametrize("value", [[0.5, -0.0, math.inf], (0.5, [-0.0], {"a": math.inf}), np.array([[0.5], [-0.0], [math.inf]]), [0.5, -0.0, math.inf] * 30])
def test_floats_are_listed_in_order_with_their_bits(value):
    row = capture("x", value)
    raw = base64.b64decode(row["floats"])
    floats = struct.unpack("<%dd" % (len(raw) // 8), raw)
    assert floats[:3] == (0.5, -0.0, math.inf) and math.copysign(1, floats[1]) == -1
    assert row["floatCount"] == len(floats)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner),
    max_leaves=40,
)


def exact(value):
    """Tells apart what == does not: types, the sign of zero, and order in dicts."""
    if isinstance(value, float):
        return ("f", struct.pack("<d", value))
    if isinstance(value, dict):
        return ("d", [(exact(key), exact(item)) for key, item in value.items()])
    if isinstance(value, (list, tuple)):
        return (type(value).__name__, [exact(item) for item in value])
    return (type(value).__name__, value)


@settings(max_examples=150, deadline=None)
@given(values, values)
def test_two_values_are_described_alike_exactly_when_they_are_equal(a, b):
    assert (seen(a) == seen(b)) == (exact(a) == exact(b))


def test_nothing_of_the_programs_own_classes_is_called():
    class Touchy:
        def __init__(self):
            self.a = 1

        def _no(self, *_):
            raise AssertionError("called")

        __repr__ = __eq__ = __hash__ = __iter__ = __len__ = __getattr__ = __getattribute__ = __bool__ = _no

    row = capture("x", [Touchy()])
    assert "Touchy" in row["preview"]
    assert row["comparable"]


def test_an_object_that_tells_nothing_is_not_comparable():
    assert not capture("x", iter([1]))["comparable"]
    assert not capture("x", object())["comparable"]


def test_more_floats_than_the_most_are_sampled_evenly_and_alike():
    big = np.arange(3.0 * MOST_FLOATS)
    row = capture("x", big)
    assert row["sampled"] and row["floatCount"] == big.size
    kept = np.frombuffer(base64.b64decode(row["floats"]))
    assert kept.size <= MOST_FLOATS and kept[-1] > 0.99 * big.size
    assert capture("x", big)["floats"] == row["floats"]


def test_a_preview_is_short_and_the_type_is_named():
    row = capture("total", list(range(100000)))
    assert (row["name"], row["type"]) == ("total", "list")
    assert len(row["preview"]) <= 200
    assert capture("x", np.float64(1))["type"] == "float64" and capture("x", np.zeros(2))["type"] == "ndarray"
