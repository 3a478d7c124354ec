"""Mandelbrot set as a table of escape counts."""
def escape(cr, ci, limit):
    zr = zi = 0.0
    for n in range(limit):
        zr, zi = zr * zr - zi * zi + cr, 2.0 * zr * zi + ci
        if zr * zr + zi * zi > 4.0:
            return n
    return limit


def view(width, height, limit):
    rows = []
    for y in range(height):
        ci = -1.2 + 2.4 * y / height
        rows.append([escape(-2.2 + 3.2 * x / width, ci, limit) for x in range(width)])
    return rows


rows = view(640, 480, 400)
print(sum(map(sum, rows)), sum(row.count(400) for row in rows), rows[240][100:110])
