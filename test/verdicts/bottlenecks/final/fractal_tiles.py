"""How much of each tile of the plane belongs to the set."""


def escapes(c, turns=90):
    z = 0j
    for turn in range(turns):
        z = z * z + c
        if z.real * z.real + z.imag * z.imag > 4.0:
            return turn
    return turns


def tile(left, top, side, points):
    grid = (complex(left + side * x / points, top + side * y / points) for y in range(points) for x in range(points))
    return sum(escapes(c) == 90 for c in grid) / (points * points)


shares = {(x, y): tile(-2 + x / 2, -1 + y / 2, 0.5, 84) for x in range(5) for y in range(4)}
for (x, y), share in sorted(shares.items(), key=lambda pair: -pair[1])[:4]:
    print(x, y, round(share, 4))
