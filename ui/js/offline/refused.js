// Why something is not believed. `why` is the stable key that the Python rooms use as well, `reason` names the words on
// the page. `stale` tells what a newer list would mend from what nothing mends.

export class Refused extends Error {
  constructor(why, reason, detail = "", { stale = false, position = null, suggestion = null } = {}) {
    super(`${why}: ${reason}${detail ? ` (${detail})` : ""}`);
    Object.assign(this, { why, reason, detail, stale, position, suggestion });
  }
}

export const malformed = (reason, detail, more) => new Refused("code-malformed", reason, detail, more);
export const credentialRefused = (reason, detail) => new Refused("credential-refused", reason, detail);
export const trustRefused = (reason, detail, stale = false) => new Refused("trust-list-refused", reason, detail, { stale });
export const statusRefused = (reason, detail, stale = false) => new Refused("status-list-refused", reason, detail, { stale });
export const logRefused = (reason, detail) => new Refused("log-refused", reason, detail);
