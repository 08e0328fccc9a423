// Reads a page out when its reader presses, with a voice that this device has; nothing goes over the network (rule E1).
"use strict";

(() => {
  const bar = document.querySelector("[data-aloud]");
  if (!bar) return;
  const [button, told] = [bar.querySelector("button"), bar.querySelector("[role=status]")];
  const label = button.querySelector("span");
  const start = label.textContent;
  const speech = window.speechSynthesis;

  // Only voices of the device itself: others would send what the page says to somebody else's machine.
  const voice = () => {
    const wanted = bar.dataset.language.toLowerCase();
    const near = (one) => one.lang.toLowerCase().replace("_", "-").split("-")[0] === wanted.split("-")[0];
    return speech && speech.getVoices().find((one) => one.localService && near(one));
  };

  const sentences = () => {
    const parts = document.querySelectorAll("main h1, main h2, main p, main li, main dt, main dd, main legend, main label");
    return [...parts].filter((one) => one.checkVisibility() && !bar.contains(one) && !one.querySelector("p, li"))
      .map((one) => one.innerText.trim()).filter(Boolean);
  };

  const rest = () => { label.textContent = start; };
  const read = () => {
    const found = voice();
    if (!found) {
      told.textContent = bar.dataset.none;
      return;
    }
    told.textContent = "";
    label.textContent = bar.dataset.stop;
    const all = sentences();
    all.forEach((text, place) => {
      const said = new SpeechSynthesisUtterance(text);
      said.voice = found;
      said.lang = found.lang;
      said.rate = 0.9;
      if (place === all.length - 1) said.onend = rest;
      speech.speak(said);
    });
  };

  bar.hidden = false;
  button.addEventListener("click", () => {
    if (speech && (speech.speaking || speech.pending)) {
      speech.cancel();
      rest();
    } else {
      read();
    }
  });
  // What is being read belongs to whoever stands here now.
  addEventListener("pagehide", () => speech && speech.cancel());
  if (speech) speech.getVoices();
})();
