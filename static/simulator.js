// What the page of phones does beyond htmx: local times, Enter to send, an empty box after sending.
"use strict";

function showLocalTimes(root) {
  for (const time of root.querySelectorAll("time[datetime]")) {
    const moment = new Date(time.dateTime);
    time.textContent = moment.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    time.title = moment.toLocaleString([], { hourCycle: "h23" });
  }
}

document.addEventListener("keydown", (event) => {
  const box = event.target;
  if (!box.matches("[data-enter-sends]") || event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  box.form.requestSubmit();
});

document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target;
  if (!event.detail.successful || !form.matches("form[data-empties]")) return;
  form.elements.text.value = "";
  if (form.elements.media) form.elements.media.checked = false;
  form.elements.text.focus();
});

document.addEventListener("htmx:load", (event) => showLocalTimes(event.detail.elt));
document.addEventListener("DOMContentLoaded", () => showLocalTimes(document));
