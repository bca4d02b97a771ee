/* Buttons that copy what stands in a box: data-copy names it. Where nothing can be copied they stay hidden, and the box is
   marked whole by a click. */
"use strict";

(() => {
  const say = (words) => { document.getElementById("announce").textContent = words; };

  const show = () => {
    if (!navigator.clipboard) return;
    for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
  };

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (event.target.matches("[data-copy-whole]")) event.target.select();
    if (!button) return;
    const box = document.getElementById(button.dataset.copy);
    box.select();
    await navigator.clipboard.writeText(box.value);
    button.textContent = "Copied";
    say("Copied");
  });
  document.addEventListener("DOMContentLoaded", show);
  document.addEventListener("htmx:afterSettle", show);
})();
