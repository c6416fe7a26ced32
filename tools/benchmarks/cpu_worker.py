"""One turn of a Python library: cpu_worker.py LIBRARY MODEL PRECISION THREADS WORK, called by
cpu_peers.py. Prints a JSON object of tokens a second for each piece of work that it can do."""
import json
import sys
import time


def main():
    library, model, precision, threads, work = sys.argv[1:]
    run = {"transformers": Transformers, "openvino": OpenVino}[library](model, precision, int(threads))
    print(json.dumps({name: run.rate(*size) for name, size in json.loads(work).items()}))


def ids(count):
    return [(i * 7919 + 1) % 49152 for i in range(count)]


class Transformers:
    def __init__(self, folder, precision, threads):
        import torch
        import transformers

        torch.set_num_threads(threads)
        self.torch = torch
        dtype = {"f32": torch.float32, "bf16": torch.bfloat16}[precision]
        self.model = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=dtype).eval()
        self.prefill(16)  # the first call prepares more than the later ones

    def prefill(self, count):
        with self.torch.inference_mode():
            start = time.perf_counter()
            out = self.model(self.torch.tensor([ids(count)]), use_cache=True, logits_to_keep=1)
            return time.perf_counter() - start, out.past_key_values

    def rate(self, kind, tokens, depth, _rows):
        if kind == "prefill":
            return tokens / self.prefill(tokens)[0]
        cache = self.prefill(max(depth, 1))[1]
        with self.torch.inference_mode():
            start = time.perf_counter()
            for id in ids(tokens):
                cache = self.model(self.torch.tensor([[id]]), past_key_values=cache).past_key_values
            return tokens / (time.perf_counter() - start)


class OpenVino:
    def __init__(self, model, precision, threads):
        import openvino_genai

        self.genai = openvino_genai
        self.pipe = openvino_genai.LLMPipeline(
            model, "CPU", INFERENCE_NUM_THREADS=threads, INFERENCE_PRECISION_HINT=precision)

    def rate(self, kind, tokens, depth, _rows):
        import numpy
        import openvino

        count = tokens if kind == "prefill" else max(depth, 1)
        prompt = openvino.Tensor(numpy.array([ids(count)], dtype="int64"))
        config = self.genai.GenerationConfig(max_new_tokens=1 if kind == "prefill" else tokens + 1,
                                             ignore_eos=True)
        metrics = self.pipe.generate(prompt, config).perf_metrics
        if kind == "prefill":
            return 1000 * tokens / metrics.get_ttft().mean
        return 1000 / metrics.get_tpot().mean


if __name__ == "__main__":
    main()
