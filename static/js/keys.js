/* The keyboard alone does everything: single keys act where nobody is writing; "?" shows which. */
"use strict";

(() => {
  const OFF = "single keys are off";
  const areOff = () => localStorage.getItem(OFF) !== null;
  const isWriting = (node) => node.closest?.("input, textarea, select, [contenteditable]") !== null;
  const seen = (node) => node && node.getClientRects().length > 0;
  const links = () => [...document.querySelectorAll("[data-row] > a, .rows > li > a")].filter(seen);

  const move = (by) => {
    const all = links();
    if (!all.length) return;
    const at = all.findIndex((link) => link === document.activeElement);
    const current = at >= 0 ? at : all.findIndex((link) => link.getAttribute("aria-current") === "true");
    const next = current < 0 && by < 0 ? 0 : Math.max(0, Math.min(all.length - 1, current + by));
    all[next].focus();
    all[next].scrollIntoView({ block: "nearest" });
    if (next === all.length - 1) document.getElementById("older")?.scrollIntoView({ block: "nearest" }); // brings more
  };

  const press = (selector) => {
    const node = document.querySelector(selector);
    if (!seen(node)) return false;
    node.click();
    return true;
  };

  const focus = (selector) => {
    const node = document.querySelector(selector);
    if (!seen(node)) return false;
    node.focus();
    node.select?.();
    return true;
  };

  const write = (kind) => {
    const choice = document.querySelector(`#reply [name="kind"][value="${kind}"]`);
    if (!choice) return false;
    choice.checked = true;
    return focus("#reply-text");
  };

  const menu = (selector) => {
    const box = document.querySelector(selector);
    if (!seen(box)) return false;
    box.open = true;
    box.querySelector("select, button, a, input:not([type=hidden])")?.focus();
    return true;
  };

  const link = () => {
    const more = document.querySelector(".link-more");
    if (more) more.open = true;
    if (document.getElementById("link-q") && !seen(document.getElementById("link-q"))) location.hash = "facts";
    return focus("#link-q");
  };

  const help = () => {
    const box = document.getElementById("keys");
    if (!box || box.open) return false;
    document.getElementById("keys-on").checked = !areOff();
    box.showModal();
    return true;
  };

  const go = (name) => {
    const link = document.querySelector(`[data-go="${name}"]`);
    if (!link) return false;
    location.assign(link.href);
    return true;
  };

  const actions = {
    j: () => move(1),
    k: () => move(-1),
    o: () => (links().includes(document.activeElement) ? document.activeElement.click() : false),
    r: () => write("reply"),
    n: () => write("note"),
    e: () => press("[data-key-close]"),
    a: () => menu("[data-key-assign]"),
    l: link,
    u: () => press("[data-key-back]") || go("inbox"),
    c: () => go("compose"),
    "/": () => focus("#seek") || focus("[role=search] input[type=search]") || go("inbox"),
    "?": help,
  };

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (document.querySelector("dialog[open]")) return;
    if (isWriting(event.target)) {
      if (event.key === "Escape" && (event.target.type !== "search" || !event.target.value)) event.target.blur();
      return;
    }
    if (!Object.hasOwn(actions, event.key) || areOff()) return;
    if (actions[event.key]() !== false) event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-show-keys]")) help();
    if (event.target.id === "keys") event.target.close();
  });

  document.addEventListener("change", (event) => {
    if (event.target.id !== "keys-on") return;
    if (event.target.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "yes");
  });

  /* A message that was looked for is brought into view, once, and stays marked while its conversation is open. */
  let sought = null;
  let talk = null;
  const point = () => {
    const thread = document.getElementById("thread");
    if (thread?.dataset.conversation !== talk) sought = null;
    talk = thread?.dataset.conversation;
    const isNew = thread?.hasAttribute("data-at");
    if (isNew) sought = thread.dataset.at;
    thread?.removeAttribute("data-at");
    const message = sought && document.getElementById(sought);
    if (!message) return;
    message.classList.add("is-sought");
    if (isNew) message.scrollIntoView({ block: "center" });
  };
  document.addEventListener("htmx:afterSettle", point);
  document.addEventListener("DOMContentLoaded", point);

  /* Who chose in a menu is at the menu again when the answer has put a new one in its place. */
  document.addEventListener("htmx:afterSettle", (event) => {
    const menu = event.detail.requestConfig?.elt.closest("details[id]");
    if (menu && document.activeElement === document.body) document.getElementById(menu.id)?.querySelector("summary").focus();
  });
})();
