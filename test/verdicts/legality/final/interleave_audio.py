from array import array


def interleave(left, right):
    frames = len(left)
    out = array("d", bytes(16 * frames))
    for i in range(frames):
        out[2 * i] = left[i] * 0.98 - right[i] * 0.02
        out[2 * i + 1] = right[i] * 0.98 - left[i] * 0.02
    return out


SECONDS = 400
left = array("d", (((i * 37) % 2001 - 1000) / 1000 for i in range(9_000))) * SECONDS
right = array("d", (((i * 53) % 2001 - 1000) / 1000 for i in range(9_000))) * SECONDS
mixed = interleave(left, right)
print(mixed[0], mixed[1], mixed[-2], mixed[-1])
