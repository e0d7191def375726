// Forms with data-api are posted to the API as JSON, and what it answers is
// said in the form's output. data-wire says what a field is there.
import { refresh, visit } from "./live.js";

export function forms() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches("[data-api]")) {
      event.preventDefault();
      send(form, event.submitter);
    } else if (form.matches("[data-soft]")) {
      event.preventDefault();
      const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ""));
      visit(form.action + (query.size ? "?" + query : ""));
    }
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-go]")) event.target.form.requestSubmit();
  });
  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-lookup]")) lookup(event.target);
  });
}

async function send(form, submitter) {
  if (form.dataset.sure && !confirm(form.dataset.sure)) return;
  const say = (text, wrong) => {
    const output = form.querySelector("output");
    output.textContent = text;
    output.classList.toggle("wrong", wrong);
    output.setAttribute("role", wrong ? "alert" : "status");
    return output;
  };
  say("", false);
  let body;
  try {
    body = await collect(form);
  } catch (err) {
    say(err.message, true);
    return;
  }
  const button = submitter ?? form.querySelector("button"), focused = document.activeElement;
  button.disabled = true;
  try {
    const reply = await fetch(submitter?.getAttribute("formaction") || form.getAttribute("action"), {
      method: form.dataset.method ?? "POST",
      headers: { "Content-Type": "application/json" },
      body: form.dataset.method === "DELETE" ? undefined : JSON.stringify(body),
    });
    const answer = await reply.json();
    if (!reply.ok) return void say(answer.error, true);
    done(form, answer, say);
  } catch (err) {
    say("The simulator does not answer: " + err.message, true);
  } finally {
    button.disabled = false;
    if (focused?.isConnected) focused.focus();
  }
}

function done(form, answer, say) {
  const result = { ...answer, ...answer.result };
  const then = form.dataset.then?.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(result[name] ?? ""));
  if (then) return void location.assign(then);
  if (form.matches("[data-reset]")) form.reset();
  if (form.matches("[data-show]")) {
    const pre = document.createElement("pre");
    pre.textContent = JSON.stringify(answer, null, 2);
    say("Done.", false).append(pre);
  }
  refresh();
}

// collect makes an object of the fields that are filled in, or have data-always.
async function collect(form) {
  const body = {};
  for (const field of form.elements) {
    const { name, type, dataset } = field;
    if (type === "radio") {
      if (field.checked && dataset.flag) body[dataset.flag] = true;
      continue;
    }
    if ("whole" in dataset) return wire("json", await field.files[0].text(), "the file");
    if (!name || type === "submit" || type === "checkbox" && !field.checked) continue;
    if (field.closest(".only")?.checkVisibility() === false) continue; // of another choice
    if (dataset.path) {
      if (field.value !== field.defaultValue) (body[name] ??= {})[dataset.path] = field.value;
      continue;
    }
    if (field.value === "" && !("always" in dataset)) continue;
    const path = name.split("."), last = path.pop();
    const at = path.reduce((object, part) => object[part] ??= {}, body);
    const value = wire(dataset.wire, type === "file" ? await field.files[0].text() : field.value, name);
    if (dataset.wire === "pairs") at[last] = { ...at[last], ...value };
    else at[last] = Array.isArray(value) && Array.isArray(at[last]) ? [...at[last], ...value] : value;
  }
  return body;
}

function wire(kind, text, name) {
  switch (kind) {
    case "integer":
    case "number":
      if (Number.isNaN(Number(text))) throw new Error(`${name}: ${text} is no number`);
      return Number(text);
    case "boolean":
      return text === "true";
    case "lines":
      return text.split(/[\n,]/).map((line) => line.trim()).filter(Boolean);
    case "pairs": // path=value on each line
      return Object.fromEntries(text.split("\n").filter((line) => line.trim()).map((line) => {
        const at = line.indexOf("=");
        if (at < 1) throw new Error(`${name}: want path=value, not ${line}`);
        return [line.slice(0, at).trim(), line.slice(at + 1).trim()];
      }));
    case "json":
      try {
        return JSON.parse(text);
      } catch (err) {
        throw new Error(`${name}: ${err.message}`);
      }
    default:
      return text;
  }
}

// lookup offers the customers or operations that what was typed may mean.
async function lookup(input) {
  const list = input.list, text = input.value, of = input.dataset.lookup;
  if (!list || text.length < 2 || [...list.options].some((option) => option.value === text)) return;
  const query = new URLSearchParams({ q: text, limit: 20 }), corp = new URLSearchParams(location.search).get("corp");
  if (corp && of === "customers") query.set("corp", corp);
  const reply = await fetch(`/_sim/${of}?${query}`);
  if (!reply.ok || input.value !== text) return;
  for (const { path, external_userid: id = path.replace("/cgi-bin/", ""), name = "" } of (await reply.json()).items) {
    if (![...list.options].some((option) => option.value === id)) list.append(new Option(name, id));
  }
}
