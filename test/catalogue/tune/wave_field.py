"""A wave on a membrane, advanced in the frequency domain with library transforms."""
import numpy as np

SIZE = 512
kx = np.fft.fftfreq(SIZE)[:, None]
ky = np.fft.rfftfreq(SIZE)
turn = np.exp(-40.0 * (kx * kx + ky * ky)) * np.cos(60.0 * np.hypot(kx, ky))
field = np.zeros((SIZE, SIZE))
field[SIZE // 3, SIZE // 2] = 1000.0
levels = []
for _ in range(400):
    spectrum = np.fft.rfft2(field)
    spectrum *= turn
    field = np.fft.irfft2(spectrum, s=field.shape)
    np.tanh(field, out=field)
    levels.append(float(field.max()))
print("%.9g %.9g %.9g" % (field.sum(), field.max(), sum(levels)))
