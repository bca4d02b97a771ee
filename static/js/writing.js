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

  /* A box is empty as soon as it is sent, so that one can write on. What is on its way is kept, by conversation, until
     it was taken: what did not go comes back, also when another conversation was opened meanwhile. */
  const going = new Map();
  const both = (first, then) => (first && then ? `${first}\n${then}` : first || then);
  const writtenSince = (name) => {
    const kept = drafts.get(name) ?? "";
    const words = going.get(name);
    return words && kept.startsWith(words) ? kept.slice(words.length).replace(/^\n/, "") : kept;
  };
  const boxNamed = (name) => document.querySelector(`form[data-writing="${name}"]`);

  const keep = (event) => {
    const form = boxOf(event.target);
    const name = form?.dataset.writing;
    if (form && event.target.name === "text") drafts.set(name, both(going.get(name), event.target.value));
    if (form?.elements.kind) drafts.set(`${name} kind`, form.elements.kind.value);
  };
  document.addEventListener("input", keep);

  /* Who went on elsewhere while a text was sent, or left its box by Escape, is not brought back to it. */
  let hasEscaped = false;
  let isElsewhere = false;
  document.addEventListener("focusin", (event) => { if (boxOf(event.target)) hasEscaped = isElsewhere = false; });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && boxOf(event.target)) hasEscaped = true; });
  const hasLeft = (name) => {
    const at = document.activeElement;
    return hasEscaped || Boolean(at && at !== document.body && boxOf(at)?.dataset.writing !== name);
  };

  const put = (form, words) => {
    const { text } = form.elements;
    text.value = words;
    text.setSelectionRange(words.length, words.length);
    text.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const fill = (form) => {
    const kept = form && writtenSince(form.dataset.writing);
    const { value } = form?.elements.text ?? {};
    if (!kept || kept === value || !kept.startsWith(value)) return;
    if (form.elements.kind) form.elements.kind.value = drafts.get(`${form.dataset.writing} kind`) ?? "reply";
    put(form, kept);
  };

  /* The form that a request sends, if it sends one. */
  const sentBy = ({ detail: { requestConfig } }) =>
    requestConfig?.verb === "post" && requestConfig.elt.matches("form[data-writing]") ? requestConfig.elt : null;
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (going.has(sentBy(event)?.dataset.writing)) event.preventDefault();
  });
  document.addEventListener("htmx:beforeSend", (event) => {
    const form = sentBy(event);
    if (form) follow(form);
  });

  /* Heard on the form itself: what happens to one that is not on the page any more reaches nothing else. */
  const follow = (form) => {
    const name = form.dataset.writing;
    const { text } = form.elements;
    going.set(name, text.value);
    drafts.set(name, text.value);
    text.value = "";

    const answered = (event) => {
      const { status } = event.detail.xhr;
      if (sentBy(event) !== form || (status !== 200 && status !== 422)) return;
      isElsewhere = hasLeft(name);
      if (status === 200) drafts.set(name, writtenSince(name));
      going.delete(name);
    };
    /* With its nonce: if it was taken after all, it is not sent twice. */
    const bringBack = (event) => {
      if (sentBy(event) !== form || !going.delete(name)) return;
      const box = boxNamed(name);
      if (!box) return;
      for (const each of ["nonce", "kind"]) if (box.elements[each]) box.elements[each].value = form.elements[each].value;
      put(box, drafts.get(name));
    };
    form.addEventListener("htmx:beforeSwap", answered);
    for (const problem of ["sendError", "timeout", "responseError"]) form.addEventListener(`htmx:${problem}`, bringBack);
  };

  /* At once, while nobody can type: what is typed later is added behind it. */
  document.addEventListener("htmx:afterSwap", (event) => {
    const form = sentBy(event);
    if (!form) return;
    const box = boxNamed(form.dataset.writing);
    if (box && form.elements.kind) box.elements.kind.value = form.elements.kind.value; // a note begun meanwhile stays one
    fill(box);
    if (!isElsewhere) box?.elements.text.focus();
  });

  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-leaves]")) drafts.forget();
    if (event.target.matches("form[data-writing]:not([hx-post])")) sessionStorage.setItem("sent", event.target.dataset.writing);
  });
  /* A form that led to another page was taken; one that came back was not. */
  document.addEventListener("DOMContentLoaded", () => {
    const taken = sessionStorage.getItem("sent");
    sessionStorage.removeItem("sent");
    if (taken && !boxNamed(taken)) drafts.delete(taken);
  });

  document.addEventListener("htmx:load", (event) => {
    const { elt } = event.detail;
    const isForm = elt.matches("form[data-writing]");
    fill(isForm ? elt : elt.querySelector("form[data-writing]"));
    if (isForm && !isElsewhere) elt.elements.text.focus();
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
