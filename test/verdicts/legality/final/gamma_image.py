import numpy as np


def correct(image, gamma):
    height, width = image.shape
    out = np.empty_like(image)
    for y in range(height):
        for x in range(width):
            value = image[y, x] / 255.0
            out[y, x] = 255.0 * value ** gamma if value > 0.02 else image[y, x]
    return out


if __name__ == "__main__":
    side = 1400
    base = np.arange(side * side, dtype=np.float64).reshape(side, side) * 7 % 256
    fixed = correct(base, 1 / 2.2)
    print(fixed[0, :4], fixed[-1, -4:], float(fixed.max()))
