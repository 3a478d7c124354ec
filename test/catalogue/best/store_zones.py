"""Groups customers around stores (k-means with a fixed number of rounds)."""
import numpy as np


def customers(count):
    return [((i * 73) % 1009 / 10.0, (i * i * 7 + i) % 997 / 10.0) for i in range(count)]


def kmeans(points, k, rounds):
    points = np.array(points)
    centres = points[[i * len(points) // k for i in range(k)]]
    for _ in range(rounds):
        distances = [(points[:, 0] - cx) ** 2 + (points[:, 1] - cy) ** 2 for cx, cy in centres]
        labels = np.argmin(distances, axis=0)
        counts = np.bincount(labels, minlength=k)
        sums = np.column_stack([np.bincount(labels, points[:, axis], k) for axis in (0, 1)])
        centres = np.where(counts[:, None] > 0, sums / np.maximum(counts, 1)[:, None], centres)
    return centres.tolist(), labels.tolist()


if __name__ == "__main__":
    centres, labels = kmeans(customers(30000), 12, 40)
    for x, y in sorted((float(x), float(y)) for x, y in centres):
        print("%.9f %.9f" % (x, y))
    print(sum(label * (i % 7) for i, label in enumerate(labels)))
