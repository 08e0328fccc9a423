// What a device of the ward sounds: three tones made here, louder never softer, with no way to turn them off.
"use strict";

(() => {
  const BEAT_EVERY_MS = 10000;
  const LEVELS = ["silent", "low", "medium", "high"];
  // Each level: tones [Hz] of one burst, length of each [s], pause after the burst [s].
  const SOUNDS = { low: [[440], 0.08, 4], medium: [[660, 660, 660], 0.16, 2], high: [[880, 660, 880, 660, 880], 0.18, 0.6] };
  const FLOOR = 0.35;

  const byId = (id) => document.getElementById(id);
  const board = byId("calls");
  const { me, role } = document.body.dataset;

  let context = null;
  let nextAt = 0;

  const isMine = (call) => {
    const devices = (call.dataset.devices || "").split(" ").filter(Boolean);
    if (devices.length) return devices.includes(me);
    return call.dataset.audience === "everyone" || role !== "site_coordinator";
  };

  const level = () => {
    if (document.body.classList.contains("has-lost")) return "low";
    const levels = [...board.querySelectorAll("[data-level]")].filter(isMine).map((call) => call.dataset.level);
    return LEVELS[Math.max(0, ...levels.map((one) => LEVELS.indexOf(one)))];
  };

  const burst = ([tones, length]) => {
    let at = context.currentTime;
    for (const tone of tones) {
      const oscillator = context.createOscillator();
      const gain = context.createGain();
      oscillator.frequency.value = tone;
      gain.gain.setValueAtTime(0, at);
      gain.gain.linearRampToValueAtTime(FLOOR, at + 0.01);
      gain.gain.setValueAtTime(FLOOR, at + length - 0.02);
      gain.gain.linearRampToValueAtTime(0, at + length);
      oscillator.connect(gain).connect(context.destination);
      oscillator.start(at);
      oscillator.stop(at + length);
      at += length + 0.04;
    }
  };

  const sound = () => {
    const now = level();
    document.body.dataset.sounding = context && context.state === "running" ? now : "silent";
    if (now === "silent" || !context || context.state !== "running" || context.currentTime < nextAt) return;
    const [tones, length, pause] = SOUNDS[now];
    burst(SOUNDS[now]);
    nextAt = context.currentTime + tones.length * (length + 0.04) + pause;
    if (navigator.vibrate) navigator.vibrate(now === "high" ? [400, 100, 400] : 200);
  };

  const beat = () => {
    const isRunning = context !== null && context.state === "running";
    const front = isRunning && !document.hidden ? "yes" : "no";
    // The marks of a silent test, as they stand on this page: what came here as a call would come.
    const tests = [...document.querySelectorAll("[data-test]")].map((mark) => mark.dataset.test).join(" ");
    fetch("/board/sounding", { method: "POST", body: new URLSearchParams({ front, tests }) })
      .then((answer) => (answer.ok ? answer.json() : { counts: false }))
      .then((told) => {
        byId("silent").hidden = told.counts && isRunning;
      })
      .catch(() => {
        byId("silent").hidden = false;
      });
  };

  byId("try").addEventListener("click", () => {
    context = context || new AudioContext();
    context.resume().then(() => {
      burst(SOUNDS.medium);
      byId("heard").hidden = false;
      byId("heard").focus();
    });
  });
  byId("heard-form").addEventListener("submit", (event) => {
    // Without a new page, for a new page would have no sound until it is touched again.
    event.preventDefault();
    fetch(event.target.action, { method: "POST", body: new URLSearchParams(new FormData(event.target)) }).then(beat);
    byId("heard").hidden = true;
  });
  setInterval(sound, 200);
  setInterval(beat, BEAT_EVERY_MS);
  document.addEventListener("visibilitychange", beat);
  beat();
})();
