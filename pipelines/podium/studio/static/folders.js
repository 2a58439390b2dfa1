// Sends the files of a folder in parts, tells how far it is, and then sends the form with the place of the folder.
const MOST_FILES = 100, MOST_BYTES = 32 * 2 ** 20;

export function sendFolders(form) {
  const input = form.querySelector("input[webkitdirectory]");
  const told = form.querySelector("[data-sent]");
  form.addEventListener("submit", async (event) => {
    if (!input.files.length) { return; }
    event.preventDefault();
    const buttons = form.querySelectorAll("button");
    buttons.forEach((button) => { button.disabled = true; });
    try {
      form.elements.source.value = await send(form, [...input.files], told);
      input.value = "";
    } catch (error) {
      told.textContent = error.message;
      return;
    } finally {
      buttons.forEach((button) => { button.disabled = false; });
    }
    form.requestSubmit(event.submitter);
  });
}

async function send(form, files, told) {
  const visible = files.filter((file) => !path(file).split("/").some((part) => part.startsWith(".")));
  if (!visible.length) { throw new Error("The folder holds no files that are not hidden."); }
  let sent = 0, source = "";
  for (const part of parts(visible)) {
    told.textContent = `Sent ${sent} of ${visible.length} files.`;
    source = await sendPart(form, part, sent === 0);
    sent += part.length;
  }
  told.textContent = `Sent ${sent} files.`;
  return source;
}

async function sendPart(form, files, anew) {
  const body = new FormData();
  body.append("csrf", form.elements.csrf.value);
  if (anew) { body.append("anew", "1"); }
  files.forEach((file) => body.append("folder", file, path(file)));
  const answer = await fetch(form.dataset.folders, { method: "POST", body }).catch(() => null);
  const said = await answer?.json().catch(() => null);
  if (!answer?.ok) { throw new Error(said?.error ?? "The folder could not be sent. Try again."); }
  return said.source;
}

function* parts(files) {
  let part = [], bytes = 0;
  for (const file of files) {
    if (part.length && (part.length >= MOST_FILES || bytes + file.size > MOST_BYTES)) {
      yield part;
      part = [], bytes = 0;
    }
    part.push(file);
    bytes += file.size;
  }
  yield part;
}

function path(file) {
  return file.webkitRelativePath || file.name;
}
