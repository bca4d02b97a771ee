/* The rules editor: line numbers, Tab as two blanks, and findings that lead to their place. */
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const text = document.querySelector("#editor textarea");
  if (!text) return;
  const numbers = document.getElementById("numbers");

  const number = () => {
    const lines = text.value.split("\n").length;
    numbers.textContent = Array.from({ length: lines }, (_, index) => index + 1).join("\n");
    numbers.scrollTop = text.scrollTop;
  };

  const lead = (line, column, length) => {
    const before = text.value.split("\n").slice(0, line - 1).join("\n");
    const start = (line > 1 ? before.length + 1 : 0) + column - 1;
    text.focus();
    text.setSelectionRange(start, start + length);
    const height = text.scrollHeight / text.value.split("\n").length;
    text.scrollTop = Math.max(0, (line - 4) * height);
  };

  text.addEventListener("input", number);
  text.addEventListener("scroll", () => { numbers.scrollTop = text.scrollTop; });
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Tab" || event.shiftKey || text.readOnly || text.dataset.leave) return;
    event.preventDefault();
    text.setRangeText("  ", text.selectionStart, text.selectionEnd, "end");
    text.dispatchEvent(new Event("input", { bubbles: true }));
  });
  /* Escape, then Tab, leaves the box: nobody is caught in it. */
  text.addEventListener("keydown", (event) => {
    if (event.key === "Escape") text.dataset.leave = "yes";
    else if (event.key !== "Tab") delete text.dataset.leave;
  });
  document.getElementById("findings").addEventListener("click", (event) => {
    const finding = event.target.closest("[data-line]");
    if (!finding) return;
    event.preventDefault();
    const { line, column, length } = finding.dataset;
    lead(Number(line), Number(column), Math.max(1, Number(length)));
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "s" && (event.ctrlKey || event.metaKey) && !text.readOnly) {
      event.preventDefault();
      text.form.requestSubmit();
    }
  });
  number();
});
