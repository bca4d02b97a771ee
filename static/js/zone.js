/* Tells in which time zone this browser is: with the form for signing in, and again once that has changed. */
"use strict";

(() => {
  const TOLD = "zone told"; // in this tab: a zone that the server does not know is not told on every page
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!zone) return;

  const box = document.querySelector("[data-zone-box]");
  if (box) box.value = zone;

  const { zone: known, zoneTo: address } = document.body.dataset;
  if (address === undefined || known === zone || sessionStorage.getItem(TOLD) === zone) return;
  sessionStorage.setItem(TOLD, zone);

  let isTyping = false;
  document.addEventListener("input", () => { isTyping = true; }, { once: true });
  const headers = JSON.parse(document.body.getAttribute("hx-headers"));
  fetch(address, { method: "POST", headers, body: new URLSearchParams({ zone }) })
    .then((answer) => { if (answer.status === 205 && !isTyping) location.reload(); })
    .catch(() => sessionStorage.removeItem(TOLD));
})();
