/** Rewrites that look right. Each is given as the lines before, the lines that are replaced, what replaces them, and the lines after. */
export interface Trap {
  name: string;
  head?: string;
  before: string;
  after: string;
  tail?: string;
  captures?: string[];
  /** Declared relative tolerance; 1e-9 where left out. */
  tolerance?: number;
  pool?: boolean;
  requires?: 'numpy' | 'numba';
}

const numpy = 'import numpy as np\n';
const pool = 'from concurrent.futures import ProcessPoolExecutor\n';

export const traps: Trap[] = [
  { name: 'a sum that leaves 64 bits', requires: 'numpy', head: `${numpy}xs = [2**62, 2**62, 2**62, 2**62]\n`, before: 'total = 0\nfor x in xs:\n    total += x\n', after: 'total = int(np.sum(np.asarray(xs)))\n', tail: 'print(total)\n' },
  { name: 'a product that leaves 64 bits', requires: 'numpy', head: numpy, before: 'f = 1\nfor i in range(1, 26):\n    f *= i\n', after: 'f = int(np.prod(np.arange(1, 26)))\n', tail: 'print(f)\n' },
  { name: 'a division by zero that is no exception any more', requires: 'numpy', head: `${numpy}xs = [1.0, 0.0]\n`, before: 'try:\n    ys = [1.0 / x for x in xs]\nexcept ZeroDivisionError:\n    ys = None\n', after: 'with np.errstate(all="ignore"):\n    ys = (1.0 / np.asarray(xs)).tolist()\n', tail: 'print(ys)\n' },
  { name: 'a float that became one of NumPy, printed', requires: 'numpy', head: `${numpy}xs = [0.5] * 9\n`, before: 'total = 0.0\nfor x in xs:\n    total += x\n', after: 'total = np.asarray(xs).sum()\n', tail: 'print([total])\n' },
  { name: 'a float that became one of NumPy, kept', requires: 'numpy', head: `${numpy}xs = [0.5] * 9\n`, before: 'total = 0.0\nfor x in xs:\n    total += x\n', after: 'total = np.asarray(xs).sum()\n', captures: ['total'] },
  { name: 'a list that became an array', requires: 'numpy', head: `${numpy}xs = [1.0, 2.0]\n`, before: 'ys = [x * 2 for x in xs]\n', after: 'ys = np.asarray(xs) * 2\n', captures: ['ys'], tail: 'print(sum(ys))\n' },
  { name: 'another order of summation, where none is declared', requires: 'numpy', head: `${numpy}xs = [1 / (i + 3) for i in range(5000)]\n`, before: 'total = 0.0\nfor x in xs:\n    total += x\n', after: 'total = float(np.sum(xs))\n', tolerance: 0, captures: ['total'] },
  { name: 'exp of NumPy, where no tolerance is declared', requires: 'numpy', head: `import math\n${numpy}xs = [0.001 * i for i in range(5000)]\n`, before: 'ys = [math.exp(x) for x in xs]\n', after: 'ys = np.exp(np.asarray(xs) * (1 + 2e-16)).tolist()\n', tolerance: 0, captures: ['ys'] },
  { name: 'single precision', requires: 'numpy', head: `${numpy}xs = [0.1 * i for i in range(50)]\n`, before: 'total = 0.0\nfor x in xs:\n    total += x\n', after: 'total = float(np.sum(np.asarray(xs, dtype=np.float32)))\n', captures: ['total'] },
  { name: 'the first of equal items for the last', requires: 'numpy', head: `${numpy}xs = [3, 1, 2, 1]\n`, before: 'at = 0\nfor i, x in enumerate(xs):\n    if x <= xs[at]:\n        at = i\n', after: 'at = int(np.argmin(xs))\n', tail: 'print(at)\n' },
  { name: 'a maximum that NaN decides', requires: 'numpy', head: `${numpy}xs = [1.0, float("nan"), 0.5]\n`, before: 'top = xs[0]\nfor x in xs:\n    if x > top:\n        top = x\n', after: 'top = float(np.max(xs))\n', tail: 'print(top)\n' },
  { name: 'the sign of zero', requires: 'numpy', head: `${numpy}xs = [-0.0]\n`, before: 'total = -0.0\nfor x in xs:\n    total += x\n', after: 'total = float(np.asarray(xs).sum() + 0.0)\n', tail: 'print(total)\n', captures: ['total'], tolerance: 0 },
  { name: 'numbers that wrap at 255', requires: 'numpy', head: `${numpy}a = np.full(4, 200, dtype=np.uint8)\n`, before: 'out = [int(x) + 100 for x in a]\n', after: 'out = (a + np.uint8(100)).tolist()\n', tail: 'print(out)\n' },
  { name: 'places that come twice', requires: 'numpy', head: `${numpy}at = [0, 1, 0]\nout = np.zeros(2)\n`, before: 'for i in at:\n    out[i] += 1.0\n', after: 'out[at] += 1.0\n', tail: 'print(out.tolist())\n' },
  { name: 'a row that reads what it has just written', requires: 'numpy', head: `${numpy}a = np.arange(6.0)\n`, before: 'for i in range(1, 6):\n    a[i] = a[i] + a[i - 1]\n', after: 'a[1:] = a[1:] + a[:-1]\n', tail: 'print(a.tolist())\n' },
  { name: 'a remainder of negative numbers', requires: 'numpy', head: `${numpy}xs = [-7, 7]\n`, before: 'ys = [x % 3 for x in xs]\n', after: 'ys = np.fmod(xs, 3).astype(int).tolist()\n', tail: 'print(ys)\n' },
  { name: 'a shift past the word', requires: 'numpy', head: `${numpy}xs = [1, 70]\n`, before: 'ys = [1 << x for x in xs]\n', after: 'ys = np.left_shift(1, np.asarray(xs)).tolist()\n', tail: 'print(ys)\n' },
  { name: 'a read past the end, which compiled code does not notice', requires: 'numba', head: `${numpy}from numba import njit\nxs = np.arange(4.0)\n`, before: 'def last(a, n):\n    return a[n]\ntry:\n    got = last(xs, 4)\nexcept IndexError:\n    got = None\n', after: '@njit\ndef last(a, n):\n    return a[n]\ntry:\n    got = last(xs, 4)\nexcept IndexError:\n    got = None\n', tail: 'print(got is None)\n' },
  { name: 'a factorial in compiled code', requires: 'numba', head: 'from numba import njit\n', before: 'def fact(n):\n    f = 1\n    for i in range(2, n + 1):\n        f *= i\n    return f\n', after: '@njit\ndef fact(n):\n    f = 1\n    for i in range(2, n + 1):\n        f *= i\n    return f\n', tail: 'x = fact(25)\nprint("done")\n' },
  { name: 'a cache that does not tell 1 from 1.0', head: 'from functools import lru_cache\n', before: 'def add(x, y):\n    return x + y\n', after: '@lru_cache(maxsize=None)\ndef add(x, y):\n    return x + y\n', tail: 'a = add(1, 2)\nb = add(1.0, 2)\nprint("done")\n' },
  { name: 'a cached list that a caller changes', head: 'from functools import lru_cache\n', before: 'def start(n):\n    return [n]\n', after: '@lru_cache(maxsize=None)\ndef start(n):\n    return [n]\n', tail: 'a = start(1)\na.append(2)\nb = start(1)\nprint("done")\n' },
  { name: 'a cached function that prints', head: 'from functools import lru_cache\n', before: 'def say(n):\n    print("saying", n)\n    return n\n', after: '@lru_cache(maxsize=None)\ndef say(n):\n    print("saying", n)\n    return n\n', tail: 'say(1)\nsay(1)\n' },
  { name: 'a cached function that reads what changes', head: 'from functools import lru_cache\nrate = 1\n', before: 'def price(n):\n    return n * rate\n', after: '@lru_cache(maxsize=None)\ndef price(n):\n    return n * rate\n', tail: 'a = price(5)\nrate = 2\nb = price(5)\nprint("done")\n' },
  { name: 'objects that workers change', pool: true, head: `${pool}class U:\n    def __init__(self, n):\n        self.n = n\n        self.score = 0\ndef score(u):\n    u.score = u.n * 2\n    return u\n`, before: 'def main():\n    us = [U(i) for i in range(4)]\n    for u in us:\n        score(u)\n    return us\n', after: 'def main():\n    us = [U(i) for i in range(4)]\n    with ProcessPoolExecutor(2) as pool:\n        list(pool.map(score, us))\n    return us\n', tail: 'if __name__ == "__main__":\n    us = main()\n    print([u.score for u in us])\n' },
  { name: 'a counter that lives in the workers', pool: true, head: `${pool}seen = 0\ndef look(n):\n    global seen\n    seen += 1\n    return n\n`, before: 'def main():\n    return [look(n) for n in range(4)]\n', after: 'def main():\n    with ProcessPoolExecutor(2) as pool:\n        return list(pool.map(look, range(4)))\n', tail: 'if __name__ == "__main__":\n    main()\n    print(seen)\n' },
  { name: 'a task that cannot be sent', pool: true, head: pool, before: 'def main():\n    half = lambda n: n / 2\n    return [half(n) for n in range(4)]\n', after: 'def main():\n    half = lambda n: n / 2\n    with ProcessPoolExecutor(2) as pool:\n        return list(pool.map(half, range(4)))\n', tail: 'if __name__ == "__main__":\n    print(main())\n' },
  { name: 'random numbers of each worker’s own', pool: true, head: `import random\n${pool}def draw(n):\n    return random.random()\n`, before: 'def main():\n    random.seed(3)\n    return [draw(n) for n in range(6)]\n', after: 'def main():\n    random.seed(3)\n    with ProcessPoolExecutor(2) as pool:\n        return list(pool.map(draw, range(6)))\n', tail: 'if __name__ == "__main__":\n    print(main())\n' },
  { name: 'items after a failure that are done all the same', pool: true, head: 'from concurrent.futures import ThreadPoolExecutor\ndef work(n):\n    open(f"{n}.txt", "w").close()\n    if n == 2:\n        raise ValueError(n)\n    return n\n', before: 'def main():\n    try:\n        return [work(n) for n in range(6)]\n    except ValueError:\n        return None\n', after: 'def main():\n    try:\n        with ThreadPoolExecutor(2) as pool:\n            return list(pool.map(work, range(6)))\n    except ValueError:\n        return None\n', tail: 'if __name__ == "__main__":\n    print(main())\n' },
  { name: 'the order of trips', before: 'a, b = 0, 1\nfor i in range(20):\n    a, b = b, a + b\n', after: 'a, b = 0, 1\nfor i in range(19):\n    a, b = b, a + b\n', tail: 'print(a)\n' },
  { name: 'results in another order', before: 'out = [n * n for n in range(5)]\n', after: 'out = [n * n for n in reversed(range(5))]\n', captures: ['out'], tail: 'print(sum(out))\n' },
  { name: 'a mapping whose order changed', before: 'd = {k: len(k) for k in ["b", "a"]}\n', after: 'd = {k: len(k) for k in sorted(["b", "a"])}\n', captures: ['d'], tail: 'print(len(d))\n' },
  { name: 'a loop’s last name', head: 'xs = [1, 2, 3]\n', before: 'total = 0\nfor x in xs:\n    total += x\n', after: 'total = sum(xs)\nx = 0\n', captures: ['total', 'x'] },
  { name: 'another exception', head: 'd = {}\n', before: 'try:\n    v = d["x"]\nexcept LookupError as error:\n    kind = type(error).__name__\n', after: 'try:\n    v = [][0]\nexcept LookupError as error:\n    kind = type(error).__name__\n', captures: ['kind'] },
  { name: 'a generator that is empty the second time', head: 'xs = [1, 2, 3]\n', before: 'ys = [x * 2 for x in xs]\n', after: 'ys = (x * 2 for x in xs)\n', tail: 'print(sum(ys), max(ys, default=0))\n' },
  { name: 'a file that lacks its last line', before: 'with open("out.txt", "w") as f:\n    for i in range(5):\n        f.write(f"{i}\\n")\n', after: 'with open("out.txt", "w") as f:\n    f.write("\\n".join(str(i) for i in range(5)))\n' },
  { name: 'a file that is written anew, not added to', head: 'open("log.txt", "w").write("first\\n")\n', before: 'for i in range(3):\n    with open("log.txt", "a") as f:\n        f.write("x\\n")\n', after: 'with open("log.txt", "w") as f:\n    f.write("x\\n" * 3)\n' },
  { name: 'an exit code', head: 'import sys\n', before: 'bad = [i for i in range(9) if i % 4 == 3]\n', after: 'bad = [i for i in range(9) if i % 4 > 3]\n', tail: 'sys.exit(len(bad))\n' },
  { name: 'a warning that is not given any more', head: 'import warnings\n', before: 'for i in range(3):\n    if i == 1:\n        warnings.warn("odd one")\nn = 3\n', after: 'n = 3\n', captures: ['n'] },
  { name: 'true for one', before: 'flag = 0\nfor x in (0, 1, 0):\n    flag = flag or x\n', after: 'flag = any((0, 1, 0))\n', captures: ['flag'] },
  { name: 'an effect that the original was not seen to have', before: 'n = sum(range(9))\n', after: 'n = sum(range(9))\nopen("/tmp/hotloop-trap-outside.txt", "w").close()\n', captures: ['n'] },
]; // prettier-ignore
