// Chapter 3 in the page: what temperature, top-k, top-p and min-p leave of a distribution, and the
// draw as a pin on a line.
"use strict";

live.define("sampling", (section, code) => {
  const shownRows = 12;
  const nine = code.nineWords();
  let tokens = [];  // {id, name} for the rows shown, likeliest first
  let logits = [];

  const update = () => show();
  const temperature = live.slider("temperature", 0, 3, 0.1, 1, update);
  const topK = live.slider("top-k", 0, 20, 1, 0, update);
  const topP = live.slider("top-p", 0, 1, 0.05, 0.8, update);
  const minP = live.slider("min-p", 0, 1, 0.05, 0, update);
  const pin = live.slider("u", 0, 0.999, 0.001, 0.5, update);
  const source = live.make("select", {name: "source", onchange: () => takeLogits()},
    live.make("option", {value: "nine"}, "the nine words"),
    live.make("option", {value: "model"}, "the bundled model after a text"));
  const text = live.make("input", {type: "text", name: "text", value: "The little cat sat on the",
    oninput: () => takeLogits()});
  const rows = live.make("tbody");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const drawn = live.make("output", {class: "drawn", "aria-live": "polite"});

  function takeLogits() {
    const ofModel = source.value === "model";
    text.disabled = !ofModel;
    if (ofModel && code.encode(text.value).length === 0) return;
    logits = ofModel ? Array.from(code.logits(text.value)) : nine.map((one) => one.logit);
    const name = (id) => ofModel ? live.text(code.tokenBytes(id)) : nine[id].word.trim();
    tokens = code.distribution(logits, 1, shownRows, 1, 0).map(({id}) => ({id, name: name(id)}));
    show();
  }

  const settings = () => [Number(temperature.input.value), Number(topK.input.value),
    Number(topP.input.value), Number(minP.input.value)];

  function show() {
    const kept = new Map(code.distribution(logits, ...settings()).map(({id, prob}) => [id, prob]));
    const before = new Map(code.distribution(logits, 1, 0, 1, 0).map(({id, prob}) => [id, prob]));
    const chosen = code.sample(logits, ...settings(), Number(pin.input.value));
    rows.replaceChildren(...tokens.map(({id, name}) => row(id, name, before.get(id), kept.get(id), chosen)));
    showLine(kept, chosen);
    const name = tokens.find((token) => token.id === chosen);
    drawn.textContent = `${kept.size} can be drawn; u = ${Number(pin.input.value).toFixed(3)} draws `
      + `"${name ? name.name : live.text(code.tokenBytes(chosen))}"`;
  }

  function row(id, name, before, now, chosen) {
    const bar = live.make("div", {class: now === undefined ? "bar cut" : "bar",
      style: `width: ${(100 * (now ?? before)).toFixed(2)}%`});
    return live.make("tr", id === chosen ? {class: "chosen", "data-id": id} : {"data-id": id},
      live.make("th", {scope: "row"}, name),
      live.make("td", {class: "number"}, before.toFixed(4)),
      live.make("td", {class: "number now"}, now === undefined ? "-" : now.toFixed(4)),
      live.make("td", {class: "bars"}, bar));
  }

  // The kept probabilities side by side in the order of ids, and the pin.
  function showLine(kept, chosen) {
    line.replaceChildren();
    const add = (tag, attributes) => {
      const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
      for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
      line.append(element);
      return element;
    };
    let sum = 0;
    [...kept.keys()].sort((a, b) => a - b).forEach((id, place) => {
      const prob = kept.get(id);
      const kind = id === chosen ? "chosen" : place % 2 ? "odd" : "even";
      add("rect", {class: `part ${kind}`, x: 1000 * sum, y: 8, width: 1000 * prob, height: 24});
      sum += prob;
    });
    const x = 1000 * Number(pin.input.value);
    add("path", {class: "pin", d: `M${x} 0V40`});
  }

  line.setAttribute("viewBox", "0 0 1000 40");
  line.setAttribute("preserveAspectRatio", "none");
  line.setAttribute("aria-hidden", "true");  // the slider "u" and the sentence say the same
  line.classList.add("draw-line");
  const drag = (event) => {
    if (event.type === "pointermove" && event.buttons === 0) return;
    const box = line.getBoundingClientRect();
    pin.input.value = Math.min(Math.max((event.clientX - box.left) / box.width, 0), 0.999);
    pin.input.dispatchEvent(new Event("input"));
  };
  line.addEventListener("pointerdown", drag);
  line.addEventListener("pointermove", drag);

  section.append(
    live.make("div", {class: "controls"},
      live.make("label", {}, live.make("span", {}, "logits of"), source),
      live.make("label", {}, live.make("span", {}, "text"), text)),
    live.make("div", {class: "controls"}, temperature.label, topK.label, topP.label, minP.label),
    live.make("table", {class: "words"},
      live.make("thead", {}, live.make("tr", {},
        ...["word", "before", "now", ""].map((title) => live.make("th", {scope: "col"}, title)))),
      rows),
    line, live.make("div", {class: "controls"}, pin.label), live.make("p", {}, drawn));
  takeLogits();
});
