/* Whom a text goes to: people that were found are picked by the mouse, or with the arrows and Enter. */
"use strict";

(() => {
  const box = () => document.getElementById("to");
  const list = () => document.getElementById("recipients");
  const options = () => [...list().querySelectorAll("[data-fill-to]")];
  const chosen = () => options().find((each) => each.getAttribute("aria-selected") === "true");

  const choose = (option) => {
    for (const each of options()) each.setAttribute("aria-selected", String(each === option));
    if (option) box().setAttribute("aria-activedescendant", option.id);
    else box().removeAttribute("aria-activedescendant");
    option?.scrollIntoView({ block: "nearest" });
  };

  const close = () => {
    list().replaceChildren();
    box().setAttribute("aria-expanded", "false");
    choose(null);
  };

  const pick = (option) => {
    const { to, record, text } = box().form.elements;
    to.value = option.dataset.fillTo;
    record.value = option.dataset.fillRecord;
    const help = document.getElementById("to-help");
    help.textContent = option.dataset.fillName;
    help.className = "hint";
    close();
    text.focus();
    if (text.value) text.dispatchEvent(new Event("input", { bubbles: true }));
  };

  document.addEventListener("click", (event) => {
    const option = event.target.closest("[data-fill-to]");
    if (!option) return;
    event.preventDefault();
    pick(option);
  });

  document.addEventListener("input", (event) => {
    if (event.target !== box()) return;
    event.target.form.elements.record.value = "";
    document.getElementById("to-help").textContent = "";
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== "recipients") return;
    const count = options().length;
    choose(null);
    box().setAttribute("aria-expanded", String(count > 0));
    document.getElementById("announce").textContent = count ? `${count} found. Choose with the arrows.` : "";
  });

  document.addEventListener("keydown", (event) => {
    if (event.target !== box() || event.isComposing || event.ctrlKey || event.metaKey) return;
    const all = options();
    const at = all.indexOf(chosen());
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!all.length) return;
      const next = event.key === "ArrowDown" ? at + 1 : at < 0 ? all.length - 1 : at - 1;
      choose(all[(next + all.length) % all.length]);
    } else if (event.key === "Enter") {
      if (at >= 0) pick(all[at]);
      else box().form.elements.text.focus();
    } else if (event.key === "Escape" && all.length) {
      close();
      event.stopPropagation();
    } else return;
    event.preventDefault();
  }, true);
})();
