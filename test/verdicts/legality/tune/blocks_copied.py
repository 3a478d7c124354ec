import numpy as np

SIZE = 64
frames = 270_000
source = np.arange(SIZE, dtype=np.float64)
window = np.hanning(SIZE)
out = np.zeros(frames * SIZE)
for k in range(frames):
    block = source * (1 + k % 7) + k % 3
    out[k * SIZE:(k + 1) * SIZE] = block * window
print(out[:3], out[-3:], float(out.sum()))
