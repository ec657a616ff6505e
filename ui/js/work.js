// Solves a challenge: in a worker, or where there is none in short pieces here.

const PIECE_MS = 12;

export async function solve(challenge, worker, onProgress) {
  try {
    return await inWorker(challenge, worker, onProgress);
  } catch (error) {
    console.warn("no worker", error);
    return inPieces(challenge, onProgress);
  }
}

function inWorker(challenge, address, onProgress) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(address);
    worker.addEventListener("error", (event) => {
      worker.terminate();
      reject(new Error(event.message));
    });
    worker.addEventListener("message", ({ data }) => {
      if (data.solution === undefined) return onProgress(data.share);
      worker.terminate();
      resolve(data.solution);
    });
    worker.postMessage(challenge);
  });
}

async function inPieces(challenge, onProgress) {
  const { solving } = await import("./work-solve.js");
  const steps = solving(challenge);
  for (;;) {
    const until = Date.now() + PIECE_MS;
    let step;
    do step = steps.next();
    while (!step.done && Date.now() < until);
    if (step.done) return step.value;
    onProgress(step.value);
    await new Promise((resolve) => setTimeout(resolve, 4));
  }
}
