def windowed(seed, size):
    return [(seed * 31 + k * k * 17) % 1009 for k in range(size)]


medians = []
for sensor in range(9000):
    window = windowed(sensor, 301)
    window.sort()
    low = window[30:-30]
    middle = low[len(low) // 2]
    spread = 0
    for value in low:
        spread += abs(value - middle)
    medians.append((middle, spread))
print(medians[0], medians[-1], sum(m for m, _ in medians))
