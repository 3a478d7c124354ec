"""Packs generated documents into one compressed archive."""
import tempfile
import zipfile
from pathlib import Path


def document(number, size):
    block = b''.join(b'%d;%x;' % ((number + k) * 7919 % 10007, k * k) for k in range(4000))
    return (block * (size // len(block) + 1))[:size]


def pack(folder, documents):
    target = folder / 'backup.zip'
    with zipfile.ZipFile(target, 'w', zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, body in documents.items():
            archive.writestr(name, body)
    return target.stat().st_size


with tempfile.TemporaryDirectory() as place:
    documents = {f'doc-{number:03d}.txt': document(number, 1_000_000) for number in range(12)}
    packed = pack(Path(place), documents)
    print(sum(map(len, documents.values())), packed)
