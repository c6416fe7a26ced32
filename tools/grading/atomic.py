"""Files that are whole or not there, whenever a machine stops."""

import json
import os
import pathlib
import tempfile


def write(path, data, mode=0o644):
    """Writes bytes or text under a name of its own, then renames: readers see all or nothing."""
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    data = data.encode() if isinstance(data, str) else data
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, mode)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def write_json(path, value):
    write(path, json.dumps(value, indent=1, ensure_ascii=False, sort_keys=False) + "\n")
