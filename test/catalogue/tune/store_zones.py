"""Groups customers around stores (k-means with a fixed number of rounds)."""


def customers(count):
    return [((i * 73) % 1009 / 10.0, (i * i * 7 + i) % 997 / 10.0) for i in range(count)]


def nearest(point, centres):
    best, best_distance = 0, float("inf")
    for index, centre in enumerate(centres):
        distance = (point[0] - centre[0]) ** 2 + (point[1] - centre[1]) ** 2
        if distance < best_distance:
            best, best_distance = index, distance
    return best


def kmeans(points, k, rounds):
    centres = [points[i * len(points) // k] for i in range(k)]
    labels = []
    for _ in range(rounds):
        labels = [nearest(point, centres) for point in points]
        sums = [[0.0, 0.0, 0] for _ in range(k)]
        for label, (x, y) in zip(labels, points):
            sums[label][0] += x
            sums[label][1] += y
            sums[label][2] += 1
        centres = [(sx / n, sy / n) if n else centres[i] for i, (sx, sy, n) in enumerate(sums)]
    return centres, labels


if __name__ == "__main__":
    centres, labels = kmeans(customers(30000), 12, 40)
    for x, y in sorted((float(x), float(y)) for x, y in centres):
        print("%.9f %.9f" % (x, y))
    print(sum(label * (i % 7) for i, label in enumerate(labels)))
