/* Keeps what is on the screen up to date: once a second, while the page is visible, everything that listens is
   asked to look for news. Says so when the server cannot be reached. */
"use strict";

(() => {
  const PAUSE = 1000; // milliseconds between two looks
  const PATIENCE = 3; // looks that may fail before people are told
  let failed = 0;

  const look = () => {
    if (document.visibilityState === "visible") htmx.trigger(document.body, "look");
  };

  const tell = (words) => {
    const box = document.getElementById("trouble");
    box.textContent = words;
    box.hidden = !words;
  };

  const isLook = (event) => event.detail.requestConfig?.triggeringEvent?.type === "look";

  /* A list that is looked at again keeps the rows that were added to it. */
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.triggeringEvent?.type !== "look" || event.detail.verb !== "get") return;
    event.detail.parameters.rows = event.detail.elt.querySelectorAll("[data-row], [data-message]").length;
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    const lost = event.detail.failed && (event.detail.xhr.status === 0 || event.detail.xhr.status >= 500);
    if (!isLook(event)) return;
    failed = lost ? failed + 1 : 0;
    if (failed === PATIENCE) tell("No connection. What you see may be old; we keep trying.");
    if (failed === 0 && document.getElementById("trouble").dataset.kind !== "said") tell("");
  });

  document.addEventListener("htmx:responseError", (event) => {
    if (isLook(event)) return;
    const { xhr } = event.detail;
    const plain = (xhr.getResponseHeader("Content-Type") || "").startsWith("text/plain");
    say(plain ? xhr.responseText : "That did not work. Try again.");
  });
  document.addEventListener("htmx:sendError", (event) => {
    if (!isLook(event)) say("The server cannot be reached. What you wrote is still here; try again.");
  });

  const say = (words) => {
    const box = document.getElementById("trouble");
    box.dataset.kind = "said";
    tell(words);
    setTimeout(() => { delete box.dataset.kind; tell(""); }, 6000);
  };

  /* Tells a screen reader about texts that came in while a conversation is open. */
  const texts = () => [...document.querySelectorAll('#thread [data-direction="in"]')];
  let known = null;
  let talk = null;
  const announce = () => {
    const now = document.getElementById("thread")?.dataset.conversation ?? null;
    const fresh = texts().filter((each) => known && !known.has(each.dataset.message)).slice(-3);
    const isNews = now === talk && fresh.length && fresh.at(-1) === texts().at(-1);
    if (isNews) {
      const words = fresh.map((each) => each.querySelector(".bubble").textContent.trim()).join(". ");
      document.getElementById("announce").textContent = `New text: ${words}`;
    }
    talk = now;
    known = new Set(texts().map((each) => each.dataset.message));
  };
  document.addEventListener("htmx:afterSettle", announce);

  document.addEventListener("DOMContentLoaded", () => {
    announce();
    setInterval(look, PAUSE);
    setTimeout(look, 50);
    document.addEventListener("visibilitychange", look);
  });
})();
