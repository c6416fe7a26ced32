"""Archives that are the same to the byte for the same files."""

import gzip
import hashlib
import io
import tarfile

from . import atomic


def add(archive, root, path, name):
    info = tarfile.TarInfo(f"{name}/{path.relative_to(root)}")
    info.mode = 0o755 if path.stat().st_mode & 0o100 else 0o644
    info.size = path.stat().st_size  # times, owners and groups stay at zero
    with path.open("rb") as file:
        archive.addfile(info, file)


def make(root, out):
    """Writes a .tar.gz of the folder's files, in order; returns its SHA-256."""
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path in sorted(p for p in root.rglob("*") if p.is_file()):
            add(archive, root, path, out.name.removesuffix(".tar.gz"))
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", mtime=0) as file:
        file.write(plain.getvalue())
    atomic.write(out, packed.getvalue())
    return hashlib.sha256(packed.getvalue()).hexdigest()
