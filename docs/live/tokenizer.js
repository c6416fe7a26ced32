// Chapter 1 in the page: the bytes of a text, its pieces, each piece merged step by step, and ids.
"use strict";

live.define("tokenizer", (section, code) => {
  const shownPieces = 12;
  const input = live.make("textarea", {name: "text", rows: 2, oninput: () => show()});
  input.value = "The little cat sat on 垫子";
  const result = live.make("div", {"aria-live": "polite"});

  const chip = (text, title, kind) => live.make("span", {class: `chip ${kind}`, title}, text);
  const row = (name, chips) => live.make("div", {class: "chips"}, live.make("b", {}, name), ...chips);
  const token = (id) => chip(live.text(code.tokenBytes(id)), `id ${id}`, "token");

  function steps(bytes) {
    const lists = code.mergeSteps(Uint8Array.from(bytes));
    return live.make("li", {}, ...lists.map((ids, place) => live.make("div", {class: "chips"},
      live.make("b", {}, String(place)), ...ids.map(token))));
  }

  function show() {
    const bytes = new TextEncoder().encode(input.value);
    const pieces = code.pieces(input.value);
    const ids = code.encode(input.value);
    const hex = (byte) => byte.toString(16).padStart(2, "0");
    result.replaceChildren(
      row(`${bytes.length} bytes`, [...bytes].map((byte) => chip(hex(byte), String(byte), "byte"))),
      row(`${pieces.length} pieces`, pieces.map((piece) => chip(live.text(piece), "", "piece"))),
      live.make("ol", {class: "merges"}, ...pieces.slice(0, shownPieces).map(steps)),
      row(`${ids.length} ids`, ids.map((id) => chip(String(id), live.text(code.tokenBytes(id)), "id"))));
    if (pieces.length > shownPieces) {
      result.insertBefore(live.make("p", {}, `Merges of the first ${shownPieces} pieces.`), result.lastChild);
    }
  }

  section.append(live.make("label", {class: "wide"}, live.make("span", {}, "text"), input), result);
  show();
});
