// The page of an alert: large keys for the door's code, and a headline that never grows old.
"use strict";

(() => {
  const EVERY_MS = 4000;
  const keys = document.getElementById("keys");
  const code = document.getElementById("code");
  const live = document.getElementById("live");

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

  const refresh = () => {
    fetch(location.href)
      .then((answer) => (answer.ok ? answer.text() : Promise.reject(answer.status)))
      .then((html) => {
        const told = new DOMParser().parseFromString(html, "text/html").getElementById("live");
        if (!told) throw new Error("another page");
        // What may be pressed has changed: the whole page is drawn anew, unless a code is half typed.
        if (told.dataset.state !== live.dataset.state && !(code && code.value)) location.reload();
        live.innerHTML = told.innerHTML;
      })
      .catch(() => {
        // What stood there may be long out of date: it is replaced, never left.
        live.replaceChildren(document.getElementById("lost-words").content.cloneNode(true));
      });
  };
  setInterval(refresh, EVERY_MS);
})();
