import math

SIZE = 2000
features = [((i * 37) % 101 / 10, (i * 53) % 89 / 10) for i in range(SIZE)]
kernel = [[0.0] * SIZE for _ in range(SIZE)]
for i in range(SIZE):
    for j in range(i + 1):
        dx = features[i][0] - features[j][0]
        dy = features[i][1] - features[j][1]
        kernel[i][j] = kernel[j][i] = math.exp(-0.5 * (dx * dx + dy * dy))
print(kernel[0][-1], kernel[-1][0], sum(kernel[17]))
