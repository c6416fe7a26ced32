"""Fetches the folder of a Hugging Face model: python fetch_from_hub.py OWNER/NAME FOLDER

Only the files that tokenwalk reads. Each is compared with the hash that the hub gives for it. The
folder appears when all are there; what was fetched before an interruption is kept beside it, and the
next run goes on from there. tools/get_model runs this with huggingface_hub installed.
"""

import hashlib
import os
import re
import shutil
import sys
from pathlib import Path

os.environ.setdefault("HF_HUB_DISABLE_XET", "1")  # plain HTTP, whose files can be resumed
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
if not sys.stderr.isatty():
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")

from huggingface_hub import HfApi, hf_hub_download  # noqa: E402
from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, RepositoryNotFoundError  # noqa: E402

WANTED = re.compile(
    r"config\.json|generation_config\.json|tokenizer\.json|tokenizer_config\.json|vocab\.json"
    r"|merges\.txt|added_tokens\.json|special_tokens_map\.json|chat_template\.jinja"
    r"|model\.safetensors|model-\d+-of-\d+\.safetensors|model\.safetensors\.index\.json"
)


class Problem(Exception):
    """A message with what was found, what was expected, and a hint."""

    def __init__(self, message, found, expected, hint):
        super().__init__(message)
        self.parts = (found, expected, hint)


def list_files(name):
    """The commit, and the entries of the files that are needed."""
    info = HfApi().model_info(name, files_metadata=True, timeout=30)
    files = [entry for entry in info.siblings if WANTED.fullmatch(entry.rfilename)]
    names = {entry.rfilename for entry in files}
    for kind, there in [
        ("config.json", "config.json" in names),
        ("weights in safetensors files", any(n.endswith(".safetensors") for n in names)),
    ]:
        if not there:
            raise Problem(
                f"{name} has no {kind}",
                f"{len(info.siblings)} files, {', '.join(sorted(names)) or 'none that is needed'}",
                "a model folder as transformers writes it",
                "models published as GGUF are single files: fetch one from its page",
            )
    return info.sha, files


def hash_of(path, entry):
    """(what the hub says, what the file has): SHA-256 for large files, git's SHA-1 for others."""
    if entry.lfs:
        digest, expected = hashlib.sha256(), entry.lfs.sha256
    else:
        digest, expected = hashlib.sha1(f"blob {path.stat().st_size}\0".encode()), entry.blob_id
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return expected, digest.hexdigest()


def fetch(name, folder):
    if folder.exists():
        raise Problem(f"{folder} is there already", "a folder", "a new name",
                      "remove it to fetch the model again")
    commit, files = list_files(name)
    unfinished = folder.with_name(folder.name + ".unfinished")
    size = sum(entry.size or 0 for entry in files)
    print(f"{name}: {len(files)} files, {size / 1e6:.1f} MB", flush=True)
    for entry in files:
        path = Path(hf_hub_download(name, entry.rfilename, revision=commit, local_dir=unfinished))
        expected, found = hash_of(path, entry)
        if found != expected:
            path.unlink()  # so that the next run fetches it again
            raise Problem(f"{entry.rfilename} of {name} is not what the hub says", f"hash {found}",
                          f"hash {expected}", "it was removed; try again, and if it stays so, do "
                          "not use the model")
    shutil.rmtree(unfinished / ".cache", ignore_errors=True)
    unfinished.rename(folder)


def explain(name, error):
    """The problem behind an exception of the library."""
    text = " ".join(str(error).split())[:300] or type(error).__name__
    if isinstance(error, Problem):
        return error
    if isinstance(error, GatedRepoError):
        return Problem(f"{name} is gated", "no permission to fetch it", "permission by its owner",
                       "ask for it on the model's page, then set HF_TOKEN to a token of yours")
    if isinstance(error, RepositoryNotFoundError):
        return Problem(f"there is no model {name}", "no such model, or a private one",
                       "OWNER/NAME as on the model's page", "private models need HF_TOKEN")
    if isinstance(error, HfHubHTTPError):
        return Problem(f"the hub refuses {name}", text, "the model's files", "")
    return Problem(f"cannot fetch {name}", f"{type(error).__name__}: {text}", "the hub's answer",
                   "is there a network? What was fetched is kept; the same command goes on from there")


def main():
    name, folder = sys.argv[1], Path(sys.argv[2])
    try:
        fetch(name, folder)
    except KeyboardInterrupt:
        sys.exit("\ninterrupted; the same command goes on from here")
    except Exception as error:  # whatever library lies below: the user gets one message
        problem = explain(name, error)
        found, expected, hint = problem.parts
        print(f"tools/get_model: {problem}\n  found:    {found}\n  expected: {expected}",
              file=sys.stderr)
        if hint:
            print(f"  hint:     {hint}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
