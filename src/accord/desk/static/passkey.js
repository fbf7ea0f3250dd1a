// Passkeys: the browser asks the person's authenticator, and a form carries the answer. Without this file: passwords.
// A form with data-passkey="create" or "get" has its options in data-options, or fetches them from where it is sent.
"use strict";

const ask = async (form) => {
  const options = JSON.parse(form.dataset.options ?? (await (await fetch(form.action)).text()));
  const publicKey =
    form.dataset.passkey === "create"
      ? PublicKeyCredential.parseCreationOptionsFromJSON(options)
      : PublicKeyCredential.parseRequestOptionsFromJSON(options);
  const answer = await navigator.credentials[form.dataset.passkey]({ publicKey });
  form.elements.credential.value = JSON.stringify(answer.toJSON());
  form.submit();
};

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential?.parseCreationOptionsFromJSON) break; // this browser has none
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (form.dataset.sent) return;
    form.querySelector("[role=alert]").hidden = true;
    ask(form).catch(() => {
      delete form.dataset.sent;
      form.querySelector("[role=alert]").hidden = false;
    });
  });
}
