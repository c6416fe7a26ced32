// What the widgets share: the compiled chapters (tokenwalk_live.js), opened once, and small helpers.
"use strict";

const live = {
  // Opened when the page has been drawn, so that text never waits for it.
  opened: new Promise((resolve, reject) => {
    const open = () => openTokenwalk().then(resolve, reject);
    if (document.readyState === "complete") open();
    else window.addEventListener("load", () => setTimeout(open, 0));
  }),

  // An element: live.make("td", {class: "number"}, "0.5", another).
  make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else element.setAttribute(name, value);
    }
    element.append(...children);
    return element;
  },

  // A slider with its name and its number; changed() is called at every move.
  slider(name, min, max, step, value, changed) {
    const shown = live.make("output");
    const input = live.make("input", {type: "range", min, max, step, value, name, oninput: () => {
      shown.textContent = input.value;
      changed();
    }});
    shown.textContent = input.value;
    return {input, label: live.make("label", {class: "slider"}, live.make("span", {}, name), input, shown)};
  },

  // Bytes as text; what is no whole character shows as U+FFFD, blanks and line ends as signs.
  text(bytes) {
    return new TextDecoder().decode(Uint8Array.from(bytes)).replace(/ /g, "␣").replace(/\n/g, "⏎");
  },

  // Builds the widget of that name wherever a page has a place for it.
  define(name, build) {
    for (const section of document.querySelectorAll(`section.live[data-live="${name}"]`)) {
      section.append(live.make("p", {class: "live-wait"}, "Opening the code of this book ..."));
      live.opened.then((code) => {
        section.replaceChildren();
        build(section, code);
        section.dataset.ready = "1";
      }).catch((error) => {
        section.replaceChildren(`This needs WebAssembly, which did not start: ${error}`);
        section.dataset.failed = String(error);
      });
    }
  },
};
