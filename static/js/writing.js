/* Boxes that people write in: Ctrl+Enter sends, an unfinished answer waits while another conversation is read,
   and what makes a text dear is written in plain characters. */
"use strict";

(() => {
  /* What is unfinished is kept in this browser until it is sent, or its writer signs out. */
  const KEPT = "draft ";
  const drafts = {
    get: (name) => localStorage.getItem(KEPT + name),
    set: (name, words) => (words ? localStorage.setItem(KEPT + name, words) : drafts.delete(name)),
    delete: (name) => localStorage.removeItem(KEPT + name),
    forget: () => { for (const key of Object.keys(localStorage)) if (key.startsWith(KEPT)) localStorage.removeItem(key); },
  };
  const boxOf = (node) => node?.closest?.("form[data-writing]");

  document.addEventListener("keydown", (event) => {
    const form = boxOf(event.target);
    if (!form || event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    if (!form.classList.contains("htmx-request")) form.requestSubmit();
  });

  document.addEventListener("input", (event) => {
    const form = boxOf(event.target);
    if (form && event.target.name === "text") drafts.set(form.dataset.writing, event.target.value);
  });

  const fill = (form) => {
    const text = sent.has(form) ? null : form?.elements.text;
    const kept = text && drafts.get(form.dataset.writing);
    if (!kept || kept === text.value || !kept.startsWith(text.value)) return;
    text.value = kept;
    text.setSelectionRange(kept.length, kept.length);
    text.dispatchEvent(new Event("input", { bubbles: true }));
  };

  /* A box is empty as soon as it is sent, so that one can write on. What did not go comes back into it. */
  const sent = new WeakMap();
  const isSend = (event) => event.detail.elt?.matches?.("form[data-writing]") && event.detail.requestConfig?.verb === "post";
  const both = (first, then) => (first && then ? `${first}\n${then}` : first || then);

  document.addEventListener("htmx:beforeSend", (event) => {
    if (!isSend(event)) return;
    const { text } = event.detail.elt.elements;
    sent.set(event.detail.elt, text.value);
    text.value = "";
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    const form = event.detail.requestConfig.elt;
    if (!sent.has(form)) return;
    const since = form.elements.text.value;
    const { status } = event.detail.xhr;
    if (status === 200 || status === 422) drafts.set(form.dataset.writing, status === 200 ? since : both(sent.get(form), since));
  });

  /* At once, while nobody can type: what is typed later is added behind it. */
  document.addEventListener("htmx:afterSwap", (event) => {
    const form = event.detail.requestConfig?.elt;
    if (!sent.has(form)) return;
    const box = document.querySelector(`form[data-writing="${form.dataset.writing}"]`);
    if (box && form.elements.kind) box.elements.kind.value = form.elements.kind.value; // a note begun meanwhile stays one
    fill(box);
    box?.elements.text.focus();
  });

  const bringBack = (event) => {
    const form = event.detail.elt;
    if (!isSend(event) || !sent.has(form) || event.detail.xhr?.status === 422) return;
    const words = both(sent.get(form), form.elements.text.value);
    form.elements.text.value = words;
    drafts.set(form.dataset.writing, words);
    sent.delete(form);
  };
  document.addEventListener("htmx:sendError", bringBack);
  document.addEventListener("htmx:timeout", bringBack);
  document.addEventListener("htmx:responseError", bringBack);

  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-leaves]")) drafts.forget();
    if (event.target.matches("form[data-writing]:not([hx-post])")) sessionStorage.setItem("sent", event.target.dataset.writing);
  });
  /* A form that led to another page was taken; one that came back was not. */
  document.addEventListener("DOMContentLoaded", () => {
    const taken = sessionStorage.getItem("sent");
    sessionStorage.removeItem("sent");
    if (taken && !document.querySelector(`form[data-writing="${taken}"]`)) drafts.delete(taken);
  });

  document.addEventListener("htmx:load", (event) => {
    const { elt } = event.detail;
    const isForm = elt.matches("form[data-writing]");
    fill(isForm ? elt : elt.querySelector("form[data-writing]"));
    if (isForm) elt.elements.text.focus();
  });

  /* Plain writing for what forces Unicode, put in place in the box, so that it can be undone. */
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-plain]");
    const text = boxOf(button)?.elements.text;
    if (!text) return;
    event.preventDefault();
    const plain = JSON.parse(button.dataset.plain);
    const put = (words) => [...words.normalize("NFC")].map((char) => plain[char] ?? char).join("");
    const caret = put(text.value.slice(0, text.selectionEnd)).length;
    const words = put(text.value);
    text.focus();
    text.select();
    if (!document.execCommand("insertText", false, words)) {
      text.value = words;
      text.dispatchEvent(new Event("input", { bubbles: true }));
    }
    text.setSelectionRange(caret, caret);
  });

  /* Enter in the box for a moment schedules; it never sends at once. */
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.name !== "send_at" || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.target.form.querySelector('[name="later"][value="at"]').click();
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
