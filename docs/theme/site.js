// What the pages do beyond Doxygen's: theme toggle, copy buttons, links on headings, and a contents
// list that follows the reader.
"use strict";

DoxygenAwesomeDarkModeToggle.init();
DoxygenAwesomeParagraphLink.init();
DoxygenAwesomeInteractiveToc.init();

// A copy button in the name of each cell: reached by keys, and without the marks of a listing.
document.addEventListener("DOMContentLoaded", () => {
  for (const cell of document.querySelectorAll(".cell")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.addEventListener("click", async (event) => {
      event.preventDefault();  // in the heading of a folded output it would fold it
      const lines = [...cell.querySelectorAll(".fragment .line")];
      const text = lines.length ? lines.map((line) => line.textContent).join("\n")
        : cell.querySelector("pre").textContent;
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = "Copy"; }, 1000);
    });
    cell.querySelector(".cell-name").append(button);
  }
});
