// Shows a run as it goes on, by server-sent events, or by asking again where there are none.
const POLL = 3000;

export function follow(root) {
  const address = root.dataset.run;
  let state = null;
  setInterval(() => { if (state && state.status === "running") { clock(root, state); } }, 1000);
  function take(text) {
    state = { ...JSON.parse(text), at: Date.now() };
    show(root, state);
    if (state.status !== "running") { location.reload(); }
  }
  function poll() {
    setInterval(async () => {
      const answer = await fetch(`${address}/state`).catch(() => null);
      if (answer?.ok) { take(await answer.text()); }
    }, POLL);
  }
  if (!window.EventSource) { poll(); return; }
  const source = new EventSource(`${address}/events`);
  source.addEventListener("state", (event) => take(event.data));
  source.addEventListener("end", () => source.close());
  // A browser comes back by itself after a broken connection, but not after a refusal, as of a proxy.
  source.addEventListener("error", () => { if (source.readyState === EventSource.CLOSED) { poll(); } });
}

function show(root, state) {
  clock(root, state);
  for (const stage of state.stages) {
    const item = root.querySelector(`[data-stage="${stage.name}"]`);
    if (item) { item.className = stage.status || "waiting"; }
  }
  part(root, "asked")?.toggleAttribute("hidden", state.events > 0);
  part(root, "branches").replaceChildren(...state.branches.map(row));
  const running = state.branches.filter((one) => one.status === "running").length;
  const ended = state.branches.filter((one) => one.status === "ok" || one.status === "failed").length;
  say(part(root, "said"), `${ended} of ${state.branches.length} branches have ended, ${running} are running.`);
}

function row(branch) {
  const line = document.createElement("tr");
  const cells = [
    ["th", branch.title, ""],
    ["td", branch.cached ? "cached" : branch.status, ""],
    ["td", branch.trials || "", "number"],
    ["td", branch.best === null ? "" : Number(branch.best.toPrecision(5)), "number"],
    ["td", branch.seconds ? duration(branch.seconds) : "", "number"],
    ["td", branch.reason, branch.reason ? "remark" : ""],
  ];
  for (const [tag, text, style] of cells) {
    const cell = document.createElement(tag);
    if (tag === "th") { cell.scope = "row"; }
    cell.className = style;
    cell.textContent = text;
    line.append(cell);
  }
  return line;
}

function clock(root, state) {
  const seconds = state.seconds + Math.round((Date.now() - state.at) / 1000);
  part(root, "clock").textContent = duration(seconds) + (state.limit ? ` of ${duration(state.limit)}` : "");
}

function duration(seconds) {
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

function say(element, text) {
  if (element.textContent !== text) { element.textContent = text; }
}

function part(root, name) {
  return root.querySelector(`[data-live="${name}"]`);
}
