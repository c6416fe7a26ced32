"""The programs that tools/bench cpu measures. Each runs as a process of its own, once a round."""
import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
HERE = pathlib.Path(__file__).resolve().parent
LLAMA_CPP = ROOT / "build" / "peers" / "llama_cpp"
TIMEOUT = 600


class Failed(Exception):
    pass


def call(command):
    """What the command prints on standard output, as JSON."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=TIMEOUT)
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
        raise Failed(" | ".join(lines[-3:])[:300])
    return json.loads(done.stdout)


class Program:
    ours = False
    failed = False

    def __init__(self, name, precision, model, flags):
        self.name = name
        self.precision = precision
        self.model = model
        self.threads = flags.threads
        self.before = flags.before

    @property
    def label(self):
        return f"{self.name}, {self.precision}"


class Tokenwalk(Program):
    ours = True

    def __init__(self, name, precision, model, flags, kernels="auto"):
        super().__init__(name, precision, model, flags)
        self.kernels = kernels
        self.report = {}

    def run(self, work):
        rates = {}
        for name, (kind, tokens, depth, rows) in work.items():
            size = ["--prefill", tokens, "--decode", 0] if kind == "prefill" else \
                ["--prefill", 0, "--decode", tokens, "--depth", depth, "--rows", rows]
            self.report = call([*self.before, ROOT / "build" / "tokenwalk", "bench", "--model", self.model,
                                "--precision", self.precision, "--kernels", self.kernels, "--threads",
                                self.threads, "--rounds", 1, "--json", *size])
            rates[name] = self.report["results"][0]["tokens_per_second"]
        return rates


class LlamaCpp(Program):
    """Reads a context of its own for every size, so each size is a run."""

    def __init__(self, build, precision, model, flags):
        super().__init__("llama.cpp" if build == "plain" else f"llama.cpp, {build}", precision, model, flags)
        self.program = LLAMA_CPP / build / "bin" / "llama-bench"

    def run(self, work):
        rates = {}
        for name, (kind, tokens, depth, _) in work.items():
            size = ["-p", tokens, "-n", 0] if kind == "prefill" else ["-p", 0, "-n", tokens, "-d", depth]
            report = call([*self.before, self.program, "-m", self.model, "-t", self.threads, "-r", 1,
                           "-o", "json", *size])
            rates[name] = report[0]["avg_ts"]
        return rates


class Worker(Program):
    """A Python library, in a process of cpu_worker.py that loads the model once a round."""

    def __init__(self, library, precision, model, flags):
        super().__init__(library, precision, model, flags)
        self.library = library

    def run(self, work):
        return call([*self.before, sys.executable, HERE / "cpu_worker.py", self.library, self.model,
                     self.precision, self.threads, json.dumps(work)])


def everyone(models, flags):
    programs = []
    for precision in flags.precisions:
        gguf, folder = models[precision]
        programs.append(Tokenwalk("tokenwalk", precision, gguf, flags))
        if precision == "f32":
            programs.append(Tokenwalk("Eigen in tokenwalk", precision, gguf, flags, kernels="eigen"))
        if "llama.cpp" in flags.peers:
            programs += [LlamaCpp(build, precision, gguf, flags) for build in llama_cpp_builds()]
        if folder and "transformers" in flags.peers:
            programs.append(Worker("transformers", precision, folder, flags))
        if folder and "openvino" in flags.peers:
            programs.append(Worker("openvino", precision, gguf, flags))
    return programs


def llama_cpp_builds():
    subprocess.run([HERE / "get_llama_cpp"], check=True)
    return [path.parent.parent.name for path in sorted(LLAMA_CPP.glob("*/bin/llama-bench"))]


def peaks(programs):
    """The processor and what it can do, as our program measured it in the last round."""
    report = next(p.report for p in programs if p.ours)
    return {"processor": report["processor"], "kernels": report["kernels"]} | {
        key: value for key, value in report["peaks"][0].items() if key != "threads"}
