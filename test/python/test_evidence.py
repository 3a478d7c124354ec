"""Loops are watched without changing what the program does, prints or raises."""
import textwrap

import pytest
from evidence_run import Watched
from pythons import Rerun, every_python, oldest_and_newest_python

PROGRAMS = {
    "break, continue and else": """
        out = []
        for i in range(200):  # hot
            if i % 3 == 0:
                continue
            if i > 150:
                break
            out.append(i)
        else:
            print("not reached")
        for i in range(5):  # hot
            pass
        else:
            print("reached", i)
        n = 0
        while n < 100:  # hot
            n += 1
            if n == 50: continue
        else:
            print("done", n)
        print(sum(out), i)
    """,
    "exceptions in the loop": """
        def fails(k):
            if k == 40:
                raise KeyError(k)
            return k
        def run():
            total = 0
            for k in range(100):  # hot
                try:
                    total += fails(k)
                except KeyError as error:
                    total += 1000
                finally:
                    total += 1
            return total
        print(run())
        xs = [1, 2, 3]
        for k in range(10):  # hot
            xs[0] += xs[k]
    """,
    "a traceback through several frames": """
        class Odd:
            def __getitem__(self, key):
                raise ValueError("no %r" % (key,))
        def deep(o, k):
            return o[k
                     + 1]
        def outer():
            for k in range(3):  # hot
                deep(Odd(), k)
        outer()
    """,
    "generators and iterators that are used once": """
        import itertools
        def numbers(n):
            for i in range(n):  # hot
                got = yield i * 2
                if got: print("got", got)
            return "end"
        def outer():
            result = yield from numbers(5)
            print(result)
        print(list(outer()))
        g = numbers(3); next(g); print(g.send(7)); g.close()
        it = iter(range(20))
        for a in it:  # hot
            b = next(it, None)
            print(a, b, end=";")
        print(list(zip(*[iter("abcdef")] * 2)))
        lazy = (x * x for x in range(6))  # hot
        print(next(lazy), sum(lazy))
        print([x + y for x in range(3) for y in range(x) if y != 1], {k: v for k, v in zip("ab", (1, 2))}, {c for c in "aa"})  # hot
    """,
    "async": """
        import asyncio
        async def ticks(n):
            for i in range(n):  # hot
                await asyncio.sleep(0)
                yield i
        async def work(name):
            total = 0
            async for i in ticks(10):  # hot
                total += i
            more = [await one(k) async for k in ticks(3)]  # hot
            return name, total, more
        async def one(k):
            await asyncio.sleep(0)
            return k
        async def main():
            print(await asyncio.gather(work("a"), work("b")))
        asyncio.run(main())
    """,
    "recursion": """
        import sys
        def walk(tree, depth=0):  # counted
            total = 0
            for child in tree:  # hot
                total += 1 + walk(child, depth + 1)
            return total
        tree = []
        for _ in range(6):
            tree = [tree, list(tree)]
        print(walk(tree))
        def down(n):
            for _ in range(1):  # hot
                return n if n == 0 else down(n - 1)
        print(down(300))
        try:
            down(10 ** 6)
        except RecursionError as error:
            print("too deep", type(error).__name__)
    """,
    "threads": """
        import threading
        lock = threading.Lock(); total = 0
        def work(n):
            global total
            for i in range(n):  # hot
                with lock:
                    total += i
        threads = [threading.Thread(target=work, args=(500,)) for _ in range(4)]
        for t in threads: t.start()
        for t in threads: t.join()
        print(total)
    """,
    "scopes": """
        total = 0
        def add(n):
            global total
            for i in range(n):  # hot
                global last
                last = i
                total += i
        def counter():
            count = 0
            def bump():
                nonlocal count
                for _ in range(3):  # hot
                    count += 1
                return count
            return bump
        class Box:
            size = 3
            squares = [k * k for k in range(4)]  # hot
            for k in range(3):  # hot
                exec("f%d = k" % k)
            __secret = 5
            def all(self):
                return [self.__secret + k for k in range(2)]  # hot
        add(10); bump = counter(); bump()
        print(total, last, bump(), Box.squares, Box.f2, Box().all(), sorted(vars(Box))[:3])
        if any((found := k) > 3 for k in range(10)): print(found)  # hot
        print([y := 1, y ** 2], (lambda: [i for i in range(3)])())  # hot
        def names(a):
            for b in range(2):  # hot
                c = [lambda: b for _ in range(2)]
            return sorted(locals()), c[0]()
        print(names(1))
        for i in range(2):  # hot
            class Inner:
                value = i
            def inner(x=i): return x
            print(Inner.__qualname__, inner.__qualname__, inner(), inner.__code__.co_firstlineno)
        print(sorted(name for name in globals() if "hot" in name))
    """,
    "hostile objects": """
        class Hostile:
            __slots__ = ("x",)
            def __init__(self, x): self.x = x
            def __eq__(self, other): print("eq"); return True
            def __hash__(self): print("hash"); return 1
            def __len__(self): print("len"); return 3
            def __repr__(self): print("repr"); return "H"
            def __reduce__(self): print("reduce"); return (Hostile, (1,))
            def __getattr__(self, name): print("getattr", name); raise AttributeError(name)
            def __bool__(self): print("bool"); return True
            def __iter__(self): print("iter"); return iter([1, 2])
            def __index__(self): print("index"); return 0
        class Lazy:
            def __init__(self): self.made = 0
            @property
            def value(self):
                self.made += 1
                print("made", self.made)
                return self.made
        class Meta(type):
            def __getattribute__(cls, name): print("meta", name); return super().__getattribute__(name)
            def __instancecheck__(cls, other): print("instance"); return False
        class WithMeta(metaclass=Meta): pass
        class OddDict(dict):
            def __getitem__(self, key): print("item", key); return dict.get(self, key)
            def items(self): print("items"); return []
            def __missing__(self, key): print("missing"); return 0
        class State:
            def __getstate__(self): print("getstate"); return {}
            def __getattribute__(self, name): print("attribute", name); return object.__getattribute__(self, name)
        hostile, lazy, odd, meta, state = Hostile(5), Lazy(), OddDict(a=1), WithMeta(), State()
        def use(h, l):  # counted
            return h.x + l.value
        kept = []
        for i in range(4):  # hot
            kept.append((hostile, i))
            print(use(hostile, lazy), odd["a"], type(meta).__name__, [1, 2][hostile])
            state.field = i
            print(state.field)
            for part in hostile: print(part, end=" ")
        print(len(kept))
    """,
    "lifetimes": """
        import weakref
        class Thing:
            def __init__(self, n): self.n = n
            def __del__(self): print("gone", self.n)
        def run():
            refs = []
            for i in range(5):  # hot
                thing = Thing(i)
                box = [thing]
                refs.append(weakref.ref(thing))
                print(box[0].n, [r() is None for r in refs])
        run()
        print("end")
    """,
    "an exit in the loop": """
        import sys, atexit
        atexit.register(lambda: print("at exit"))
        for i in range(10):  # hot
            if i == 5:
                sys.exit("leaving")
    """,
    "leaving at once": """
        import os
        for i in range(10):  # hot
            print(i, flush=True)
            if i == 5: os._exit(7)
    """,
    "what a program can see of itself": '''
        """Doc."""
        from __future__ import annotations
        import inspect, sys, traceback
        def f(n: int) -> int:
            """Its doc."""
            for i in range(n):  # hot
                frame = sys._getframe()
                if i == 1:
                    print(frame.f_lineno, frame.f_code.co_name, f.__code__.co_varnames, f.__code__.co_filename == __file__)
            return i
        f(3)
        print(f.__doc__, __doc__, f.__annotations__, inspect.getsource(f).count("hot"), inspect.signature(f))
        try:
            for x in [1, 0]:  # hot
                1 / x
        except ZeroDivisionError:
            print(traceback.format_exc())
    ''',
    "random numbers": """
        import random
        draws = []
        for i in range(50):  # hot
            draws.append(random.random())
        print(sum(draws), random.random())
    """,
    "patterns of assignment": """
        grid = [[0] * 4 for _ in range(4)]
        d = {}
        class P: pass
        p = P(); p.q = P(); p.q.n = 0
        for i in range(4):  # hot
            grid[i][i], grid[i][-1] = i, i + 1
            d[i, "a"] = d.get((i - 1, "a"), 0) + 1
            p.q.n += i
            a, *b = range(3)
            for grid[0][i] in range(2): pass
            xs = [1, 2, 3, 4][1:3]; xs[:] = xs[::-1]; del xs[0]
            with open(__file__) as f: first = f.readline(5)
            print(*xs, **{"end": "|"})
            if i in d or (i, "a") in d: pass
            s = f"{grid[i][i]:>3}{p.q.n!r}"
            assert grid[i] is not None, "never"
            print(s, a < b[0] < 5, (lambda v, w=grid[i][0]: v + w)(1))
        print(grid, d, p.q.n)
    """,
}


def in_other_orders(loops):
    for loop in loops:
        if loop["form"] == "for":
            loop["order"] = {"names": loop["names"], "sums": [], "appends": []}


@every_python
@pytest.mark.parametrize("name", sorted(PROGRAMS))
def test_the_program_prints_and_fails_as_without_the_watching(python, tmp_path, name):
    text = textwrap.dedent(PROGRAMS[name]).lstrip("\n")
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    plain = Rerun(python, tmp_path / "a", text)
    watched = Watched(python, tmp_path / "b", text, change=in_other_orders)
    assert not [note for note in watched.notes if "error" in note or "nothing written" in note], watched.notes
    assert watched.out == plain.out.replace(str(plain.dir), str(watched.dir))
    assert watched.err == plain.err.replace(str(plain.dir), str(watched.dir))
    assert watched.code == plain.code
    assert watched.loops and all(loop["trips"] > 0 for loop in watched.loops), "every marked loop was reached"
