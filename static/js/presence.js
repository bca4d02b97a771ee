/* Tells colleagues who has a conversation open and who is writing in it; keeps what is being written. */
"use strict";

(() => {
  const EVERY = 20_000; // milliseconds: it is told again that one is here
  const TYPING_EVERY = 3000;
  const PATIENCE = 5000;
  const PAUSE = 5000; // after so long without a key one writes no more
  let open = null;
  let typed = 0;
  let told = 0;
  let pausing = null;
  let telling = Promise.resolve(); // one after the other: what was told last is to hold

  const form = (talk, values) => {
    const data = new FormData();
    data.set("csrf_token", JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"]);
    for (const [name, value] of Object.entries(values)) data.set(name, value);
    return [`/inbox/${talk}/here`, data];
  };
  const tell = (values = {}) => {
    if (!open || document.visibilityState !== "visible") return;
    told = Date.now();
    const talk = open;
    const [address, body] = form(talk, values);
    const call = () => open === talk && fetch(address, { method: "POST", body, signal: AbortSignal.timeout(PATIENCE) });
    telling = telling.then(call).catch(() => {});
  };
  const leave = () => {
    if (open) navigator.sendBeacon(...form(open, { gone: 1 }));
    open = null;
  };
  const rest = () => { if (typed) { typed = 0; tell(); } };

  const arrive = () => {
    const now = document.getElementById("thread")?.dataset.conversation ?? null;
    if (now === open) return;
    leave();
    open = now;
    typed = 0;
    tell();
  };

  document.addEventListener("input", (event) => {
    if (event.target.id !== "reply-text") return;
    const isFirst = !typed;
    typed = Date.now();
    if (isFirst || typed - told > TYPING_EVERY) tell({ typing: 1 });
    clearTimeout(pausing);
    pausing = setTimeout(rest, PAUSE);
  });
  document.addEventListener("submit", (event) => { if (event.target.id === "reply") rest(); });
  document.addEventListener("htmx:afterSettle", arrive);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") tell(); });
  window.addEventListener("pagehide", leave);
  document.addEventListener("DOMContentLoaded", () => {
    arrive();
    setInterval(() => { if (Date.now() - told >= EVERY) tell(typed ? { typing: 1 } : {}); }, 1000);
  });
})();
