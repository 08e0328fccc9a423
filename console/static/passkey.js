// Passkeys: ask the console what to ask the browser, ask it, and send what it answers with the form.
// Without this script, or without passkeys in the browser, every other way of signing in works.
"use strict";

(() => {
  const bytesOf = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
  const textOf = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const named = (listed) => (listed ?? []).map((one) => ({ ...one, id: bytesOf(one.id) }));

  const asked = (options) => {
    const told = { ...options, challenge: bytesOf(options.challenge) };
    if (options.user) told.user = { ...options.user, id: bytesOf(options.user.id) };
    if (options.excludeCredentials) told.excludeCredentials = named(options.excludeCredentials);
    if (options.allowCredentials) told.allowCredentials = named(options.allowCredentials);
    return told;
  };

  const answered = (made) => {
    const response = { clientDataJSON: textOf(made.response.clientDataJSON) };
    for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (made.response[part]) response[part] = textOf(made.response[part]);
    }
    return JSON.stringify({ id: made.id, rawId: textOf(made.rawId), type: made.type, response, clientExtensionResults: {} });
  };

  const go = async (form) => {
    const told = new URLSearchParams(new FormData(form));
    const said = await fetch(form.dataset.options, { method: "POST", body: told, credentials: "same-origin" });
    if (!said.ok || !said.headers.get("content-type")?.startsWith("application/json")) throw new Error("refused");
    const { options, state } = await said.json();
    const made = await navigator.credentials[form.dataset.passkey]({ publicKey: asked(options) });
    form.elements.state.value = state;
    form.elements.answer.value = answered(made);
    form.submit();
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const can = window.isSecureContext && Boolean(window.PublicKeyCredential);
    form.querySelector("[data-cannot]").hidden = can;
    form.querySelector("button").hidden = !can;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      form.querySelector("[data-failed]").hidden = true;
      go(form).catch(() => { form.querySelector("[data-failed]").hidden = false; });
    });
  }
})();
