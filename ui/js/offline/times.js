// Times and sizes as the pages write them: China time, as in web/dates.py. Times come in microseconds.

const local = (micros) => new Date(micros / 1000 + 8 * 3600e3).toISOString();
export const minute = (micros) => local(micros).slice(0, 16).replace("T", " ");
export const second = (micros) => local(micros).slice(0, 19).replace("T", " ");
export const clock = (micros) => local(micros).slice(5, 16).replace("T", " ");
export const now = () => Date.now() * 1000;

export function size(bytes) {
  if (bytes < 1e6) return `${Math.max(1, Math.round(bytes / 1000))} KB`;
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
