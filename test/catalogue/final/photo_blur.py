"""Blurs a picture with a 5 by 5 kernel."""
import numpy as np

KERNEL = np.outer([1, 4, 6, 4, 1], [1, 4, 6, 4, 1]) / 256.0


def picture(height, width):
    y, x = np.mgrid[0:height, 0:width]
    return ((x * x + 3 * y * y + x * y) % 256).astype(float)


def blur(image, kernel):
    height, width = image.shape
    out = np.zeros_like(image)
    for y in range(2, height - 2):
        for x in range(2, width - 2):
            total = 0.0
            for dy in range(5):
                for dx in range(5):
                    total += image[y + dy - 2, x + dx - 2] * kernel[dy, dx]
            out[y, x] = total
    return out


result = blur(picture(470, 640), KERNEL)
print("%.10g %.10g %.10g" % (result.sum(), result.max(), result[100, 150]))
