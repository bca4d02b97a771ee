/* Boxes that people write in: Ctrl+Enter sends, an unfinished answer waits while another conversation is read,
   and a recipient can be picked from those that were found. */
"use strict";

(() => {
  const drafts = new Map();
  const boxOf = (node) => node?.closest?.("form[data-writing]");

  document.addEventListener("keydown", (event) => {
    const form = boxOf(event.target);
    if (!form || event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    form.requestSubmit();
  });

  document.addEventListener("input", (event) => {
    const form = boxOf(event.target);
    if (form && event.target.name === "text") drafts.set(form.dataset.writing, event.target.value);
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    const form = event.detail.requestConfig.elt;
    if (form.matches("form[data-writing]") && event.detail.xhr.status === 200) drafts.delete(form.dataset.writing);
  });

  document.addEventListener("htmx:load", (event) => {
    const form = event.detail.elt.querySelector?.("form[data-writing]") ?? boxOf(event.detail.elt);
    const text = form?.elements.text;
    if (!text) return;
    const kept = drafts.get(form.dataset.writing);
    if (kept && !text.value) {
      text.value = kept;
      text.dispatchEvent(new Event("input", { bubbles: true }));
    }
    if (event.detail.elt === form) text.focus();
  });

  document.addEventListener("click", (event) => {
    const choice = event.target.closest("[data-fill-to]");
    if (!choice) return;
    const form = document.getElementById("compose");
    form.elements.to.value = choice.dataset.fillTo;
    form.elements.record.value = choice.dataset.fillRecord;
    document.getElementById("to-help").textContent = choice.dataset.fillName;
    document.getElementById("recipients").replaceChildren();
    form.elements.text.focus();
  });

  document.addEventListener("input", (event) => {
    if (event.target.id !== "to") return;
    event.target.form.elements.record.value = "";
    document.getElementById("to-help").textContent = "";
  });

  /* Menus close when one clicks elsewhere or presses Escape. */
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
})();
