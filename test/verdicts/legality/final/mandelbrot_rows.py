WIDTH, DEPTH = 160, 60
HEIGHT = 1700


def depth(c):
    z = 0j
    for k in range(DEPTH):
        z = z * z + c
        if abs(z) > 2:
            return k
    return DEPTH


picture = [[0] * WIDTH for _ in range(HEIGHT)]
for y in range(HEIGHT):
    for x in range(WIDTH):
        picture[y][x] = depth(complex(x / WIDTH * 3 - 2.2, y / HEIGHT * 2.4 - 1.2))
print(sum(map(sum, picture)), picture[HEIGHT // 2][:8])
