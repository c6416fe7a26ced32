// Chapters 5 and 6 in the page: the same text written by the cached and by the naive loop, with the
// positions that each evaluates, and the cache as it fills.
"use strict";

live.define("model", (section, code) => {
  const layers = 4, heads = 2, headDim = 32, cell = 6;  // of the bundled model; pixels of a number
  const mostTokens = 200, frame = 7;                    // milliseconds of work for a side and frame
  let sides = [], running = false;

  const prompt = live.make("input", {type: "text", name: "prompt", value: "The little cat sat on the",
    onchange: () => restart()});
  const temperature = live.slider("temperature", 0, 2, 0.1, 0, () => restart());
  const topP = live.slider("top-p", 0, 1, 0.05, 0.9, () => restart());
  const seed = live.slider("seed", 0, 20, 1, 0, () => restart());
  const runButton = live.make("button", {type: "button", name: "run", onclick: () => toggle()}, "Run");
  const choice = (name, count) => live.make("select", {name, onchange: () => drawCache()},
    ...Array.from({length: count}, (_, i) => live.make("option", {value: i}, `${name} ${i}`)));
  const layer = choice("layer", layers), head = choice("head", heads);
  const canvas = live.make("canvas", {class: "cache", role: "img", height: headDim * cell});
  const held = live.make("p", {class: "held"});

  class Side {
    constructor(name, cached) {
      this.name = name;
      this.text = new code.LiveText(prompt.value, cached, Number(temperature.input.value),
        Number(topP.input.value), Number(seed.input.value));
      this.count = 0;
      this.time = 0;
      this.done = false;
      this.words = live.make("p", {class: "words"});
      this.numbers = live.make("p", {class: "numbers"});
      this.box = live.make("div", {class: "side", "data-side": name}, live.make("h4", {}, name),
        this.words, this.numbers);
    }

    step() {
      const before = performance.now();
      const id = this.text.step();
      this.time += performance.now() - before;
      if (id < 0) this.done = true;
      else this.count += 1;
      if (this.count >= mostTokens) this.done = true;
    }

    show() {
      const ids = this.text.ids();
      const bytes = ids.flatMap((id) => code.tokenBytes(id));
      const written = ids.slice(ids.length - this.count).flatMap((id) => code.tokenBytes(id));
      const decode = (list) => new TextDecoder().decode(Uint8Array.from(list));
      this.words.replaceChildren(decode(bytes.slice(0, bytes.length - written.length)),
        live.make("mark", {}, decode(written)));
      const rate = this.time > 0 ? Math.round(1000 * this.count / this.time) : 0;
      this.numbers.replaceChildren(
        live.make("b", {class: "count"}, String(this.count)), " new tokens, ",
        live.make("b", {class: "evaluated"}, String(this.text.evaluated())), " positions evaluated, ",
        live.make("b", {class: "rate"}, String(rate)), " tokens/s");
    }
  }

  const table = live.make("div", {class: "sides"});

  function restart() {
    if (code.encode(prompt.value).length === 0) return;
    sides.forEach((side) => side.text.delete());
    sides = [new Side("cached", true), new Side("naive", false)];
    table.replaceChildren(...sides.map((side) => side.box));
    for (let i = 0; i < 4; ++i) step();
  }

  function step() {
    sides.forEach((side) => side.done || side.step());
    show();
  }

  function show() {
    sides.forEach((side) => side.show());
    drawCache();
  }

  // Keys of one head: a column for each position, negative numbers in one colour, positive in another.
  function drawCache() {
    const side = sides[0], positions = side.text.cached(), total = side.text.ids().length;
    const keys = side.text.rows(Number(layer.value), Number(head.value), 0);
    canvas.width = Math.max(positions + 1, 40) * cell;
    const paint = canvas.getContext("2d");
    const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name);
    const low = colour("--series1"), high = colour("--series0");
    for (let t = 0; t < positions; ++t) {
      for (let d = 0; d < headDim; ++d) {
        const number = keys[t * headDim + d];
        paint.globalAlpha = Math.min(Math.abs(number) / 4, 1);
        paint.fillStyle = number < 0 ? low : high;
        paint.fillRect(t * cell, d * cell, cell - 1, cell - 1);
      }
    }
    const sentence = `${positions} positions in the cache, ${total} tokens in the text`
      + (total > positions ? ": the last one has not been fed" : "");
    held.textContent = sentence;
    canvas.setAttribute("aria-label", `Keys of layer ${layer.value}, head ${head.value}: ${sentence}`);
  }

  function work(side) {
    const end = performance.now() + frame;
    do {
      if (side.done) return;
      side.step();
    } while (performance.now() < end);
  }

  function toggle() {
    running = !running;
    runButton.textContent = running ? "Pause" : "Run";
    if (running) requestAnimationFrame(tick);
  }

  function tick() {
    if (!running) return;
    sides.forEach(work);
    show();
    if (sides.every((side) => side.done)) toggle();
    else requestAnimationFrame(tick);
  }

  section.append(
    live.make("div", {class: "controls"}, live.make("label", {class: "wide"},
      live.make("span", {}, "prompt"), prompt)),
    live.make("div", {class: "controls"}, temperature.label, topP.label, seed.label),
    live.make("div", {class: "controls"}, runButton,
      live.make("button", {type: "button", name: "step", onclick: () => step()}, "One step"),
      live.make("button", {type: "button", name: "restart", onclick: () => restart()}, "From the start"),
      layer, head),
    table, live.make("div", {class: "scroll", tabindex: 0, role: "region", "aria-label": "the cache"}, canvas),
    held);
  layer.setAttribute("aria-label", "layer");
  head.setAttribute("aria-label", "head");
  restart();
});
