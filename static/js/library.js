/* Templates and documents: fields, texts and links go where the cursor is in the box that one writes in. */
"use strict";

(() => {
  /* A box that nobody has been in yet is written on at its end. */
  const visited = new WeakSet();
  document.addEventListener("focusin", (event) => visited.add(event.target));

  /* Puts words where the cursor is, set off by blanks if need be, and leaves the cursor behind them. */
  const put = (box, words, isApart) => {
    if (!visited.has(box)) box.setSelectionRange(box.value.length, box.value.length);
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

  /* The picker is one dialog; `writer` is the form that its choice goes into. */
  let writer = null;
  const dialog = () => {
    const known = document.getElementById("picker");
    if (known) return known;
    const made = document.createElement("dialog");
    made.id = "picker";
    made.className = "picker";
    made.setAttribute("aria-labelledby", "picker-title");
    document.body.append(made);
    return made;
  };

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-pick]");
    if (!button) return;
    writer = button.form;
    const box = dialog();
    await htmx.ajax("POST", button.dataset.pick, { source: button, target: box });
    if (!box.querySelector("#picks") || box.open) return;
    box.showModal();
    box.querySelector("input[type=search], .pick")?.focus();
  });

  const chosen = (words) => {
    const form = document.body.contains(writer) ? writer : document.querySelector("form[data-writing]");
    dialog().close();
    if (form) put(form.elements.text, words, true);
    return form;
  };

  document.addEventListener("click", (event) => {
    if (event.target.id === "picker") event.target.close();
    const pick = event.target.closest("#picker [data-put]");
    if (!pick) return;
    const form = chosen(pick.querySelector(".pick-text").textContent);
    if (form) form.elements.template.value = pick.dataset.put;
  });

  /* The words around a new link, which the server has made. */
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== "picked") return;
    const made = event.detail.target.querySelector("[data-words]");
    if (made) chosen(made.textContent);
  });

  document.addEventListener("input", (event) => {
    if (event.target.name !== "text" || event.target.value) return;
    const origin = event.target.form?.elements.template;
    if (origin && event.target.form.matches("[data-writing]")) origin.value = "";
  });

  /* Arrows go through what was found; Enter in the search takes the first. */
  document.addEventListener("keydown", (event) => {
    const box = event.target.closest?.("#picker");
    if (!box || event.isComposing) return;
    const picks = [...box.querySelectorAll(".pick:not([disabled])")];
    const search = box.querySelector("input[type=search]");
    const at = picks.indexOf(event.target.closest(".pick"));
    if (event.key === "ArrowDown") (picks[at + 1] ?? picks.at(-1) ?? search)?.focus();
    else if (event.key === "ArrowUp") (picks[at - 1] ?? search ?? picks[0])?.focus();
    else if (event.key === "Enter" && search && event.target === search) picks[0]?.click();
    else return;
    event.preventDefault();
  });
  document.addEventListener("submit", (event) => {
    if (event.target.matches("#picker [data-picker-search]")) event.preventDefault();
  }, true);
})();
