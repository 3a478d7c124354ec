"""Renders a fractal in strips."""
from concurrent.futures import ProcessPoolExecutor


class Picture:
    def __init__(self, width, height):
        self.width = width
        self.height = height

    def strip(self, top):
        total = 0
        for y in range(top, top + 20):
            for x in range(self.width):
                c = complex(3.0 * x / self.width - 2.2, 2.4 * y / self.height - 1.2)
                z = 0j
                for turn in range(60):
                    z = z * z + c
                    if abs(z) > 2:
                        total += turn
                        break
        return total


def main(workers=2):
    picture = Picture(840, 640)
    with ProcessPoolExecutor(max_workers=workers) as pool:
        print(sum(pool.map(picture.strip, range(0, picture.height, 20))))


if __name__ == '__main__':
    main()
