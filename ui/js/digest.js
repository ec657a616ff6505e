// Loaded when the first file comes.
export { createSHA256, createSM3 } from "hash-wasm";
