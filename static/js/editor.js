/* The rules editor: line numbers with marks, Enter keeps the indentation, Ctrl+S saves, findings lead to their place. */
"use strict";

(() => {
  const box = () => document.querySelector("#editor textarea");

  /* Lines with a finding, each with the gravest of its levels. */
  const marks = () => {
    const found = new Map();
    for (const finding of document.querySelectorAll("#findings [data-line]")) {
      const tone = ["is-error", "is-warning", "is-hint"].find((name) => finding.classList.contains(name)) ?? "is-hint";
      const line = Number(finding.dataset.line);
      if (!found.has(line) || tone === "is-error") found.set(line, tone);
    }
    return found;
  };

  const number = () => {
    const text = box();
    const numbers = document.getElementById("numbers");
    if (!text || !numbers) return;
    const marked = marks();
    const parts = document.createDocumentFragment();
    const count = text.value.split("\n").length;
    let plain = "";
    for (let line = 1; line <= count; line += 1) {
      const tone = marked.get(line);
      if (!tone) { plain += `${line}\n`; continue; }
      parts.append(plain);
      plain = "\n";
      const mark = document.createElement("span");
      mark.className = tone;
      mark.textContent = line;
      parts.append(mark);
    }
    parts.append(plain);
    numbers.replaceChildren(parts);
    numbers.scrollTop = text.scrollTop;
  };

  const lead = (line, column, length) => {
    const text = box();
    const lines = text.value.split("\n");
    const before = lines.slice(0, line - 1).join("\n");
    const start = (line > 1 ? before.length + 1 : 0) + column - 1;
    text.focus();
    text.setSelectionRange(start, start + length);
    text.scrollTop = Math.max(0, (line - 4) * (text.scrollHeight / lines.length));
  };

  /* The browser's own way of typing keeps its undo. */
  const type = (text, words) => {
    if (!document.execCommand("insertText", false, words)) {
      text.setRangeText(words, text.selectionStart, text.selectionEnd, "end");
      text.dispatchEvent(new Event("input", { bubbles: true }));
    }
  };

  const indent = (text) => {
    const line = text.value.slice(text.value.lastIndexOf("\n", text.selectionStart - 1) + 1, text.selectionStart);
    const deeper = /:\s*$/.test(line) ? "  " : "";
    type(text, `\n${line.match(/^ */)[0]}${deeper}`);
  };

  document.addEventListener("input", (event) => { if (event.target === box()) number(); });
  document.addEventListener("scroll", (event) => {
    if (event.target === box()) document.getElementById("numbers").scrollTop = event.target.scrollTop;
  }, true);
  document.addEventListener("keydown", (event) => {
    const text = box();
    if (!text || text.readOnly) return;
    const tried = event.target.closest?.("#tried");
    if (event.key === "Enter" && tried && event.target.matches("input, select")) {
      event.preventDefault(); // the form's own button is Save
      tried.querySelector("button").click();
      return;
    }
    if (event.key === "s" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      text.form.requestSubmit();
    } else if (event.key === "Enter" && event.target === text && !event.isComposing && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      indent(text);
    }
  });
  document.addEventListener("click", (event) => {
    const finding = event.target.closest?.("#editor [data-line]");
    if (!finding) return;
    event.preventDefault();
    const { line, column, length } = finding.dataset;
    lead(Number(line), Number(column), Math.max(1, Number(length)));
  });
  /* What was tried may stand far below on a phone. */
  document.addEventListener("htmx:afterSettle", (event) => {
    const title = event.target.id === "tried" && event.target.querySelector("h2");
    if (title && title.getBoundingClientRect().top > window.innerHeight - 80) title.scrollIntoView({ block: "start" });
  });
  document.addEventListener("htmx:afterSettle", number);
  document.addEventListener("DOMContentLoaded", number);
})();
