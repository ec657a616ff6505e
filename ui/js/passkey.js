// Passkeys on the sign-in page and on one's own account. Words come from the page; without this file both pages work by password.

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

class Refused extends Error {}

async function send(path, fields) {
  const answer = await fetch(path, { method: "POST", body: new URLSearchParams(fields), credentials: "same-origin" });
  if (!(answer.headers.get("content-type") || "").startsWith("application/json")) throw new Refused("");
  const said = await answer.json();
  if (!answer.ok) throw new Refused(said.said || "");
  return said;
}

function asked(options) {
  const known = (options.allowCredentials || options.excludeCredentials || []).map((one) => ({ ...one, id: bytes(one.id) }));
  return { ...options, challenge: bytes(options.challenge), known };
}

function told(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response, clientExtensionResults: {} });
}

async function shown(options) {
  const { known, ...rest } = asked(options);
  return told(await navigator.credentials.get({ publicKey: { ...rest, allowCredentials: known } }));
}

async function made(options) {
  const { known, ...rest } = asked(options);
  const user = { ...rest.user, id: bytes(rest.user.id) };
  return told(await navigator.credentials.create({ publicKey: { ...rest, user, excludeCredentials: known } }));
}

function says(form, words) {
  const place = form.querySelector("[data-said]");
  place.textContent = words || form.dataset.failed;
  place.hidden = false;
}

function upon(form, act) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      location.assign((await act(form)).to);
    } catch (why) {
      says(form, why instanceof Refused ? why.message : "");
      button.disabled = false;
    }
  });
  form.hidden = false;
}

if (window.PublicKeyCredential) {
  for (const form of document.querySelectorAll("[data-passkey=enter]")) {
    upon(form, async () => {
      const back = form.elements.back.value;
      return send("/office/sign-in/passkey", { credential: await shown(await send("/office/sign-in/passkey/options", { back })) });
    });
  }
  for (const form of document.querySelectorAll("[data-passkey=second]")) {
    upon(form, async () => send("/office/sign-in/passkey", { second: "1", credential: await shown(JSON.parse(form.dataset.options)) }));
  }
  for (const form of document.querySelectorAll("[data-passkey=register]")) {
    upon(form, async () => {
      const secret = form.elements.form.value;
      const fields = { form: secret, name: form.elements.name.value, password: form.elements.password.value };
      return send("/office/me/passkeys", { form: secret, credential: await made(await send("/office/me/passkeys/begin", fields)) });
    });
  }
}
