"""Drives the widgets of the pages and compares what they give with build/tokenwalk on the same
model file: the same ids, the same probabilities, the same floats."""

import base64
import json
import math
import struct
import subprocess

from chapters import ROOT

MODEL = ROOT / "build/generated/tiny.gguf"
LEAST_RATE = 200  # tokens a second with the cache
PROMPTS = ["The little cat sat on the", "Once upon a time", "从前有一只小猫，"]

SET = """
const [name, value, kind] = arguments;
const control = document.querySelector(`section.live [name="${name}"]`);
control.value = value;
control.dispatchEvent(new Event(kind, {bubbles: true}));
"""


def ask(*requests):
    """Replies of `tokenwalk jsonl` with the pages' model in the plain kernels' arithmetic."""
    lines = "\n".join(json.dumps(request) for request in requests)
    done = subprocess.run([ROOT / "build/tokenwalk", "jsonl", "--model", MODEL], input=lines,
                          capture_output=True, text=True, check=True)
    replies = [json.loads(line) for line in done.stdout.splitlines()]
    for reply in replies:
        if not reply["ok"]:
            raise RuntimeError(f"tokenwalk jsonl: {reply['error']}")
    return replies


def in_page(browser, body, *arguments):
    """Runs JavaScript with the opened code as `code`; what it returns."""
    return browser.execute_async_script(
        "const done = arguments[arguments.length - 1]; const given = arguments;"
        f"live.opened.then((code) => done((() => {{ {body} }})()));", *arguments)


def set_control(browser, name, value, kind="input"):
    browser.execute_script(SET, name, str(value), kind)


# ---- the three widgets -------------------------------------------------------------------------

def check_tokenizer(load, browser):
    load("ch01.html")
    texts = [*PROMPTS, "I'll buy 12 mats;  don't wait!", "🐱é\n"]
    replies = ask(*({"op": "encode", "text": text, "specials": False} for text in texts))
    for text, reply in zip(texts, replies):
        set_control(browser, "text", text)
        shown = browser.execute_script(
            "return [...document.querySelectorAll('.live .chip.id')].map((one) => Number(one.innerText));")
        if shown != reply["ids"]:
            yield f"tokenizer: {text!r} shows {shown}, the program gives {reply['ids']}"
        last = in_page(browser, "return code.pieces(given[0]).flatMap((piece) =>"
                                " code.mergeSteps(Uint8Array.from(piece)).at(-1));", text)
        if last != reply["ids"]:
            yield f"tokenizer: merging {text!r} step by step ends in {last}"


def check_logits(browser):
    """Bit for bit: the floats behind each prompt."""
    replies = ask(*({"op": "encode", "text": text, "specials": False} for text in PROMPTS))
    logits = ask(*({"op": "logits", "ids": reply["ids"], "full": True} for reply in replies))
    for text, reply in zip(PROMPTS, logits):
        native = struct.unpack(f"<{len(base64.b64decode(reply['base64'])) // 4}I", base64.b64decode(reply["base64"]))
        page = in_page(browser, "return [...new Uint32Array(code.logits(given[0]).buffer)];", text)
        differ = sum(a != b for a, b in zip(native, page)) + abs(len(native) - len(page))
        if differ:
            yield f"model: {differ} of {len(native)} logits after {text!r} are other floats than the program's"


def check_sampling(load, browser):
    load("ch03.html")
    nine = in_page(browser, "return code.nineWords().map((one) => one.logit);")
    for settings in [(1, 0, 0.8, 0), (2, 3, 1, 0), (0.5, 0, 0.95, 0.1), (0, 0, 1, 0)]:
        keys = dict(zip(["temperature", "top_k", "top_p", "min_p"], settings))
        for name, value in keys.items():
            set_control(browser, name.replace("_", "-"), value)
        for u in [0, 0.25, 0.999]:
            set_control(browser, "u", u)
            shape, draw = ask({"op": "distribution", "logits": nine, **keys},
                              {"op": "sample", "logits": nine, "u": u, **keys})
            native = {i: f"{p:.4f}" for i, p in zip(shape["kept"], shape["probs"])}
            shown = browser.execute_script(
                "return Object.fromEntries([...document.querySelectorAll('.live tbody tr')]"
                ".map((row) => [row.dataset.id, row.querySelector('.now').innerText]));")
            if {int(i): p for i, p in shown.items() if p != "-"} != native:
                yield f"sampling: {settings} shows {shown}, the program gives {native}"
            chosen = browser.execute_script("return document.querySelector('.live tr.chosen').dataset.id;")
            if int(chosen) != draw["token"]:
                yield f"sampling: {settings}, u = {u} draws {chosen}, the program {draw['token']}"
    yield from check_logits(browser)
    set_control(browser, "source", "model", "change")
    rows = browser.execute_script("return document.querySelectorAll('.live tbody tr').length;")
    if rows != 12:
        yield f"sampling: {rows} rows for the model's logits instead of 12"


def written(browser, side):
    return browser.execute_script(
        "return document.querySelector(`.side[data-side=${arguments[0]}] mark`).textContent;", side)


def number(browser, side, name):
    return int(browser.execute_script(
        "return document.querySelector(`.side[data-side=${arguments[0]}] .${arguments[1]}`).innerText;", side, name))


def check_generation(browser, prompt, temperature, seed):
    set_control(browser, "temperature", temperature)
    set_control(browser, "seed", seed)
    set_control(browser, "prompt", prompt, "change")
    for _ in range(20):
        browser.execute_script("document.querySelector('.live [name=step]').click();")
    n = number(browser, "cached", "count")
    common = {"op": "generate", "prompt": prompt, "specials": False, "max_new_tokens": n,
              "temperature": temperature, "top_p": 0.9, "seed": seed}
    for side, reply in zip(["cached", "naive"], ask({**common, "cache": True}, {**common, "cache": False})):
        text = written(browser, side)
        if text != reply["samples"][0]["text"]:
            yield f"model: {side} writes {text!r}, the program {reply['samples'][0]['text']!r}"
        evaluated = number(browser, side, "evaluated")
        if evaluated != reply["evaluated"]:
            yield f"model: {side} evaluates {evaluated} positions, the program {reply['evaluated']}"


def check_model(load, browser):
    load("ch06.html")
    if number(browser, "cached", "count") < 4:
        yield "model: it does not begin with some tokens"
    yield from check_generation(browser, PROMPTS[0], 0, 0)
    yield from check_generation(browser, PROMPTS[1], 0.8, 7)
    rates = in_page(browser, """
      const text = new code.LiveText(given[0], true, 0.8, 0.9, 3);
      const begin = performance.now();
      let tokens = 0;
      while (tokens < 100 && text.step() >= 0) ++tokens;
      return [tokens, performance.now() - begin];""", PROMPTS[1])
    rate = 1000 * rates[0] / rates[1]
    print(f"model in the page: {rate:.0f} tokens/s over {rates[0]} tokens")
    if not math.isfinite(rate) or rate < LEAST_RATE:
        yield f"model: {rate:.0f} tokens/s instead of at least {LEAST_RATE}"


def check(load, browser):
    return [*check_tokenizer(load, browser), *check_sampling(load, browser), *check_model(load, browser)]
