// A shared screen forgets: after 60 s without a touch the patient's page hides itself (rule S1).
"use strict";

(() => {
  const FORGET_MS = 60000;
  const form = document.getElementById("hide");
  if (!form) return;
  let touchedSteady = performance.now();
  let touchedWall = Date.now();

  const touch = () => {
    touchedSteady = performance.now();
    touchedWall = Date.now();
  };

  let isHiding = false;
  const hide = () => {
    if (isHiding) return;
    isHiding = true;
    document.body.classList.add("is-hidden");
    form.requestSubmit();
  };

  const watch = () => {
    if (Math.max(performance.now() - touchedSteady, Date.now() - touchedWall) >= FORGET_MS) hide();
  };

  for (const kind of ["pointerdown", "keydown", "scroll", "touchstart"]) addEventListener(kind, touch, { passive: true });
  addEventListener("pageshow", (event) => {
    if (event.persisted) hide();
  });
  document.addEventListener("visibilitychange", watch);
  setInterval(watch, 1000);
})();
