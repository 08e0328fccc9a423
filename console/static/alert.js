// The page of an alert: large keys for the door's code, a headline that never grows old, and presses off the network.
"use strict";

(() => {
  const EVERY_MS = 4000;
  // As long as a "going" is quiet for a walk: an older one would quiet what has gone on without it (rule A3).
  const KEPT_FOR_MS = 60000;
  const keys = document.getElementById("keys");
  const code = document.getElementById("code");
  const live = document.getElementById("live");
  const unsent = document.getElementById("unsent");

  let isLost = false;
  let kept = null;

  // Nothing is typed on a small keyboard with gloves on.
  if (keys && code) {
    for (const sign of ["1", "2", "3", "4", "5", "6", "7", "8", "9", "⌫", "0"]) {
      const key = document.createElement("button");
      key.type = "button";
      key.className = "press key";
      key.textContent = sign;
      key.translate = false;
      key.addEventListener("click", () => {
        code.value = sign === "⌫" ? code.value.slice(0, -1) : (code.value + sign).slice(0, 4);
      });
      keys.append(key);
    }
    keys.hidden = false;
    code.inputMode = "none";
  }

  // Off the network nothing that is pressed is lost without a word: "going" and "could not" are sent when it is back,
  // and the code of a door cannot be checked without the console, so its person is told to call.
  const press = (event) => {
    const form = event.target;
    if (!isLost || !form.action || !form.action.includes("/alerts/")) return;
    event.preventDefault();
    const body = new URLSearchParams(new FormData(form));
    if (event.submitter && event.submitter.name) body.set(event.submitter.name, event.submitter.value);
    const keep = event.submitter ? event.submitter.dataset.keep : undefined;
    const isKept = keep !== undefined;
    if (isKept) kept = { action: form.action, body, until: keep === "walk" ? Date.now() + KEPT_FOR_MS : Infinity };
    unsent.querySelector("[data-kept]").hidden = !isKept;
    unsent.querySelector("[data-not-kept]").hidden = isKept;
    unsent.hidden = false;
    unsent.scrollIntoView({ block: "nearest" });
  };

  const sendKept = async () => {
    const item = kept;
    kept = null;
    try {
      // The console takes one "going" of one person: where only its answer was lost, nothing is written twice.
      if (Date.now() < item.until) await fetch(item.action, { method: "POST", body: item.body });
      location.reload();
    } catch {
      kept = kept || item;
    }
  };

  const lose = () => {
    // What stood there may be long out of date: it is replaced, never left.
    isLost = true;
    live.replaceChildren(document.getElementById("lost-words").content.cloneNode(true));
  };

  const refresh = () => {
    fetch(location.href, { signal: AbortSignal.timeout(EVERY_MS) })
      .then((answer) => (answer.ok ? answer.text() : Promise.reject(answer.status)))
      .then((html) => {
        const told = new DOMParser().parseFromString(html, "text/html").getElementById("live");
        if (!told) throw new Error("another page");
        isLost = false;
        unsent.hidden = true;
        if (kept) return sendKept();
        // What may be pressed has changed: the whole page is drawn anew, unless a code is half typed.
        if (told.dataset.state !== live.dataset.state && !(code && code.value)) location.reload();
        live.innerHTML = told.innerHTML;
      })
      .catch(lose);
  };
  document.addEventListener("submit", press);
  addEventListener("online", refresh);
  addEventListener("offline", lose);
  setInterval(refresh, EVERY_MS);
})();
