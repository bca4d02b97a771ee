/* Keeps what is on the screen up to date. A stream of news says that something changed, and everything that listens is
   asked to look; without the stream, it is asked once a second. Nothing can be missed: a look brings whatever there is.
   Of all the tabs of a browser one holds the stream, and tells the others. Says so when the server cannot be reached. */
"use strict";

(() => {
  const PAUSE = 1000; // milliseconds between two looks while there is no stream
  const CALM = 300_000; // and while there is one, which begins anew as often: news may get lost
  const GATHER = 30; // news within this time are one look
  const REST = 250; // between two looks: one text is many changes on its way
  const CALM_PEOPLE = 10_000; // between two looks at who is here, when nobody came or went: whoever is lost tells nobody
  const GATHER_FACTS = 500; // and news of what stands beside a conversation: rules may change it with every step
  const CALM_FACTS = 5000; // between two looks at it while there is no stream
  const AGAIN = 5000; // before a stream that was refused is tried again
  const LONGEST = 15_000; // that a look may take
  const WATCHED = "#opened, #list, #reply, #thread";
  const PATIENCE = 3; // looks that may fail before people are told
  const LOST = "No connection. What you see may be old; we keep trying.";
  let failed = 0;
  let isLive = false;
  let looked = 0;
  let peopleLooked = 0;
  let gathering = null;

  const lookAtPeople = () => {
    peopleLooked = Date.now();
    htmx.trigger(document.body, "people");
  };

  const look = () => {
    if (document.visibilityState !== "visible") return;
    looked = Date.now();
    htmx.trigger(document.body, "look");
    if (!isLive || looked - peopleLooked >= CALM_PEOPLE) lookAtPeople();
  };

  const lookSoon = () => {
    gathering ??= setTimeout(() => { gathering = null; look(); }, Math.max(GATHER, looked + REST - Date.now()));
  };

  const lookAtAllSoon = () => {
    peopleLooked = 0;
    lookSoon();
  };

  /* What stands beside a conversation is exchanged when it changed, but not under the hands of somebody who types or
     chooses there: then it waits until that is over. */
  let factsLooked = Date.now();
  let gatheringFacts = null;
  let areFactsOld = false;
  const factsBox = () => document.getElementById("facts");
  const isInUse = (box) => {
    const fields = [...box.querySelectorAll("input:not([type=hidden]), textarea, select")];
    return fields.some((field) => field === document.activeElement || (field.value !== field.defaultValue && field.matches("input, textarea")))
      || box.querySelector("details[open]") !== null;
  };

  const lookAtFacts = () => {
    const box = factsBox();
    if (!box || document.visibilityState !== "visible") return;
    areFactsOld = isInUse(box);
    if (areFactsOld) return;
    factsLooked = Date.now();
    htmx.trigger(document.body, "facts");
  };

  const lookAtFactsSoon = () => {
    gatheringFacts ??= setTimeout(() => { gatheringFacts = null; lookAtFacts(); }, GATHER_FACTS);
  };

  const areAboutFacts = (marks) => {
    const shown = (factsBox()?.dataset.facts ?? "").split(" ");
    return marks.split(" ").some((mark) => mark === "*" || shown.includes(mark));
  };

  const usedNoMore = (event) => {
    if (areFactsOld && event.target.closest?.("#facts")) lookAtFactsSoon();
  };
  document.addEventListener("focusout", usedNoMore);
  document.addEventListener("toggle", usedNoMore, true);
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.requestConfig?.triggeringEvent?.type !== "facts" || !isInUse(event.detail.target)) return;
    event.detail.shouldSwap = false;
    areFactsOld = true;
  });

  const hear = ({ kind, talk, marks }) => {
    if (kind === "live" || kind === "lost") isLive = kind === "live";
    if (kind === "look") lookSoon();
    if (kind === "live") lookAtAllSoon();
    if (kind === "live" || (kind === "facts" && areAboutFacts(marks))) lookAtFactsSoon();
    if (kind === "people" && document.getElementById("people")?.dataset.conversation === talk) lookAtPeople();
  };

  const tabs = new BroadcastChannel("live");
  tabs.addEventListener("message", (event) => {
    if (event.data.kind === "who" && source) tabs.postMessage({ kind: isLive ? "live" : "lost" });
    hear(event.data);
  });
  const pass = (news) => { hear(news); tabs.postMessage(news); };

  let source = null;
  const listen = () => {
    source = new EventSource("/live");
    source.addEventListener("open", () => pass({ kind: "live" }));
    source.addEventListener("look", () => pass({ kind: "look" }));
    source.addEventListener("people", (event) => pass({ kind: "people", talk: event.data }));
    source.addEventListener("facts", (event) => pass({ kind: "facts", marks: event.data }));
    source.addEventListener("error", () => {
      pass({ kind: "lost" });
      if (source.readyState !== EventSource.CLOSED) return;
      setTimeout(listen, AGAIN);
    });
  };
  /* Held until this tab closes; then the next tab in line listens. */
  const lead = () => new Promise(() => listen());
  const join = () => {
    tabs.postMessage({ kind: "who" });
    if (navigator.locks) navigator.locks.request("live", lead);
    else listen();
  };

  const tell = (words) => {
    const box = document.getElementById("trouble");
    box.textContent = words;
    box.hidden = !words;
  };

  const LOOKS = ["look", "people", "facts"];
  const isLook = (event) => LOOKS.includes(event.detail.requestConfig?.triggeringEvent?.type);

  /* A list that is looked at again keeps the rows that were added to it. No look is waited for without end. */
  document.addEventListener("htmx:configRequest", (event) => {
    const { elt, parameters, triggeringEvent, verb } = event.detail;
    if (!LOOKS.includes(triggeringEvent?.type)) return;
    event.detail.timeout = LONGEST;
    if (triggeringEvent.type === "look" && verb === "get") parameters.rows = elt.querySelectorAll("[data-row], [data-message]").length;
  });

  /* What was asked before something else was put in place would bring back what was there. It is asked again. */
  const isLate = ({ elt, requestConfig }) => requestConfig.verb === "get" && elt.getAttribute("hx-get") !== requestConfig.path;
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!isLook(event) || !isLate(event.detail)) return;
    event.detail.shouldSwap = false;
    if (event.detail.requestConfig.triggeringEvent.type === "facts") lookAtFactsSoon();
    else lookAtAllSoon();
  });

  /* And what changed while an answer was on its way, nobody may have been told of. */
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.requestConfig && !isLook(event) && event.detail.target.closest(WATCHED)) lookAtAllSoon();
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    const lost = event.detail.xhr.status === 0 || event.detail.xhr.status >= 500;
    if (!isLook(event)) return;
    failed = lost ? failed + 1 : 0;
    if (lost) peopleLooked = 0;
    if (failed === PATIENCE) tell(LOST);
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
  const said = (text) => [
    ...[...text.querySelectorAll(".bubble")].map((bubble) => bubble.textContent.trim()),
    ...[...text.querySelectorAll("[data-said]")].map((file) => file.dataset.said),
  ].join(". ");
  let known = null;
  let talk = null;
  const announce = () => {
    const now = document.getElementById("thread")?.dataset.conversation ?? null;
    const fresh = texts().filter((each) => known && !known.has(each.dataset.message)).slice(-3);
    const isNews = now === talk && fresh.length && fresh.at(-1) === texts().at(-1);
    if (isNews) {
      const words = fresh.map(said).join(". ");
      document.getElementById("announce").textContent = `New text: ${words}`;
    }
    talk = now;
    known = new Set(texts().map((each) => each.dataset.message));
  };
  document.addEventListener("htmx:afterSettle", announce);

  /* What is unread is marked as read by a look: at once, and once for each state of a conversation. */
  let marked = null;
  document.addEventListener("htmx:afterSettle", () => {
    const mark = document.querySelector("form.mark-read")?.id ?? null;
    if (mark && mark !== marked) lookSoon();
    marked = mark;
  });

  document.addEventListener("DOMContentLoaded", () => {
    announce();
    setInterval(() => {
      const isAlone = !isLive || failed;
      if (isAlone || Date.now() - looked >= CALM) look();
      if (Date.now() - factsLooked >= (isAlone ? CALM_FACTS : CALM)) lookAtFacts();
    }, PAUSE);
    setTimeout(look, 50);
    document.addEventListener("visibilitychange", () => { look(); lookAtFacts(); });
    window.addEventListener("offline", () => { isLive = false; tell(LOST); });
    window.addEventListener("online", look);
    if (document.querySelector("[data-live]")) join();
  });
})();
