// The page that a tablet shows without the console: a clock, since when, a sound where it is let, and the way back.
"use strict";

(() => {
  const TRY_MS = 3000;
  const SOUND_MS = 4000;
  const SINCE = "hushward-lost-since";
  const byId = (id) => document.getElementById(id);
  const told = (at) => `${String(at.getHours()).padStart(2, "0")}:${String(at.getMinutes()).padStart(2, "0")}`;

  const since = () => {
    try {
      const known = sessionStorage.getItem(SINCE) || String(Date.now());
      sessionStorage.setItem(SINCE, known);
      return new Date(Number(known));
    } catch {
      return new Date();
    }
  };

  const began = since();
  byId("since").textContent = byId("since").textContent.replace("--:--", told(began));

  const tick = () => {
    const now = new Date();
    byId("clock").textContent = told(now);
    const isDay = now.getHours() >= 7 && now.getHours() < 21;
    document.documentElement.dataset.theme = isDay ? "day" : "night";
  };

  // Where to go when the console is back: to the same alert or the round, and never to a press that is sent again.
  const back = () => {
    const [place] = location.pathname.match(/^\/(?:alerts\/[^/]+|round)/) || ["/"];
    try {
      sessionStorage.removeItem(SINCE);
    } catch {
      // It was not kept either.
    }
    location.replace(place);
  };

  const tryAgain = () =>
    fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(TRY_MS) })
      .then((answer) => answer.ok && back())
      .catch(() => {});

  let context = null;
  const sound = () => {
    context = context || new AudioContext();
    if (context.state !== "running") return;
    const [tone, gain] = [context.createOscillator(), context.createGain()];
    gain.gain.value = 0.35;
    tone.frequency.value = 440;
    tone.connect(gain).connect(context.destination);
    tone.start();
    tone.stop(context.currentTime + 0.12);
  };
  // A browser lets a page sound once it was touched.
  addEventListener("pointerdown", () => context && context.resume());

  byId("again").addEventListener("click", tryAgain);
  addEventListener("online", tryAgain);
  setInterval(tick, 1000);
  setInterval(tryAgain, TRY_MS);
  setInterval(sound, SOUND_MS);
  tick();
  tryAgain();
})();
