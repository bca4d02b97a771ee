/* Templates: a field goes where the cursor is, and a text that is chosen goes into the box that one writes in. */
"use strict";

(() => {
  /* Puts words where the cursor is, set off by blanks if need be, and leaves the cursor behind them. */
  const put = (box, words, isApart) => {
    const before = box.value.slice(0, box.selectionStart);
    const after = box.value.slice(box.selectionEnd);
    const space = (beside) => (isApart && beside && !/\s/.test(beside) ? " " : "");
    box.focus();
    box.setRangeText(space(before.at(-1)) + words + space(after[0]), box.selectionStart, box.selectionEnd, "end");
    box.dispatchEvent(new Event("input", { bubbles: true }));
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-insert-field]");
    if (!button) return;
    event.preventDefault();
    put(document.getElementById(button.dataset.insertField), `{{ ${button.form.elements.field.value} }}`, false);
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    if (!event.target.closest?.("[data-found]")) return;
    document.getElementById("who").value = "";
    document.getElementById("who-found").replaceChildren();
  });
})();
