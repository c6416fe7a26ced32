"""As much of the Hugging Face hub as fetching a model takes, on the loopback interface."""

import hashlib
import http.server
import json
import threading

COMMIT = "c0ffee" + "0" * 34


def git_hash(data):
    return hashlib.sha1(f"blob {len(data)}\0".encode() + data).hexdigest()


class Hub:
    """models: {"owner/name": {file name: bytes}}. Files that end in .safetensors are LFS files.

    cuts[path]: how many answers to a GET are cut in the middle. lies: paths whose hash is given
    wrongly. gated: names of models that nobody may fetch. seen: (method, path, Range) in order.
    """

    def __init__(self, models):
        self.models, self.cuts, self.lies, self.gated, self.seen = models, {}, set(), set(), []
        hub = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_HEAD(self):
                hub.answer(self, with_body=False)

            def do_GET(self):
                hub.answer(self, with_body=True)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def answer(self, request, with_body):
        path = request.path.split("?")[0].strip("/")
        self.seen.append((request.command, path, request.headers.get("Range")))
        parts = path.split("/")
        is_api = parts[:2] == ["api", "models"]
        name = "/".join(parts[2:4] if is_api else parts[:2])
        if name in self.gated and not is_api:
            self.fail(request, 403, "GatedRepo", with_body)
        elif name not in self.models:
            self.fail(request, 404, "RepoNotFound", with_body)
        elif is_api:
            self.send(request, 200, json.dumps(self.describe(name)).encode(), {}, with_body)
        else:
            self.send_file(request, name, "/".join(parts[4:]), with_body)

    def describe(self, name):
        siblings = []
        for file, data in self.models[name].items():
            entry = {"rfilename": file, "size": len(data), "blobId": git_hash(data)}
            sha = hashlib.sha256(data).hexdigest()
            if file in self.lies:
                sha, entry["blobId"] = "0" * 64, "0" * 40
            if file.endswith(".safetensors"):
                entry["lfs"] = {"sha256": sha, "size": len(data), "pointerSize": 130}
            siblings.append(entry)
        return {"id": name, "modelId": name, "sha": COMMIT, "private": False, "gated": False,
                "tags": [], "downloads": 0, "likes": 0, "siblings": siblings}

    def send_file(self, request, name, file, with_body):
        data = self.models[name].get(file)
        if data is None:
            self.fail(request, 404, "EntryNotFound", with_body)
            return
        headers = {"ETag": f'"{hashlib.sha256(data).hexdigest()}"', "X-Repo-Commit": COMMIT,
                   "Accept-Ranges": "bytes"}
        wanted, status = request.headers.get("Range"), 200
        if wanted:
            start = int(wanted.removeprefix("bytes=").split("-")[0])
            headers["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
            data, status = data[start:], 206
        cut = with_body and self.cuts.get(file, 0) > 0
        if cut:
            self.cuts[file] -= 1
        self.send(request, status, data, headers, with_body, cut)

    def send(self, request, status, data, headers, with_body, cut=False):
        request.send_response(status)
        for key, value in headers.items():
            request.send_header(key, value)
        request.send_header("Content-Length", str(len(data)))
        request.end_headers()
        if with_body:
            request.wfile.write(data[: len(data) // 2] if cut else data)
        if cut:
            request.wfile.flush()
            request.close_connection = True

    def fail(self, request, status, code, with_body):
        self.send(request, status, b"{}", {"X-Error-Code": code, "X-Error-Message": code}, with_body)
