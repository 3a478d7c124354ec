import hashlib
import os
import shutil
import tempfile


def digest(path):
    with open(path, "rb") as f:
        data = f.read()
    return hashlib.sha1(data * 40).hexdigest(), len(data)


folder = tempfile.mkdtemp()
paths = []
for i in range(150):
    paths.append(os.path.join(folder, f"part{i:04d}.bin"))
    with open(paths[-1], "wb") as f:
        f.write(bytes((i * k) % 256 for k in range(512)) * 40)

sizes = []
for path in paths * 8:
    sizes.append(digest(path))
print(len(sizes), sizes[0], sizes[-1])
shutil.rmtree(folder)
