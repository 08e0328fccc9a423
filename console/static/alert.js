// A pad of large keys for the four signs of the door's code: nothing is typed on a small keyboard with gloves on.
"use strict";

(() => {
  const keys = document.getElementById("keys");
  const code = document.getElementById("code");
  if (!keys || !code) return;
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
})();
