// News come by /_sim/events; the panels that they concern are fetched anew from
// the server and laid over those on the page, so that focus, scrolling and what
// is being typed stay.

const dirty = new Set(); // ids of panels
let busy = false, took = 0, timer = 0, echo = 0, visits = 0;

export function live() {
  const sign = document.getElementById("live");
  const source = new EventSource("/_sim/events");
  const show = (text, off) => {
    sign.hidden = false;
    if (sign.textContent !== text) sign.textContent = text;
    sign.classList.toggle("off", off);
  };
  source.onopen = () => {
    show("live", false);
    refresh(); // something may have happened since the page was made
  };
  source.onerror = () => show("no connection", true);
  for (const kind of ["call", "delivery", "change"]) {
    source.addEventListener(kind, () => {
      refresh(kind);
      // Some things take the simulator a second or two: look once more.
      clearTimeout(echo);
      echo = setTimeout(() => refresh(kind), 2500);
    });
  }
}

// refresh fetches the panels that live by a kind of news, soon; all if none is
// given.
export function refresh(kind) {
  for (const panel of document.querySelectorAll("[data-live]")) {
    if (!kind || panel.dataset.live.split(" ").includes(kind)) dirty.add(panel.id);
  }
  soon();
}

// soon loads, but never spends more than a part of the time on it.
function soon() {
  if (dirty.size && !busy && !timer) timer = setTimeout(load, Math.min(2000, Math.max(60, 4 * took)));
}

async function load() {
  timer = 0;
  busy = true;
  const begun = performance.now(), here = location.href, ids = [...dirty].filter((id) => document.getElementById(id));
  dirty.clear();
  try {
    const page = await get(here, ids);
    for (const id of ids) {
      if (here !== location.href) dirty.add(id); // it shows something else by now
      else lay(page, id);
    }
  } catch {
    // The connection is gone; live says so, and refreshes when it is back.
  }
  took = performance.now() - begun;
  busy = false;
  soon();
  document.dispatchEvent(new Event("console:changed"));
}

// visit goes to an address of the same page, which shows something else there.
export async function visit(url, remember = true) {
  const turn = ++visits, page = await get(url);
  if (turn !== visits) return; // there was a later one
  if (!page?.querySelector("main")) return void location.assign(url);
  if (remember && url !== location.href) history.pushState(null, "", url);
  document.title = page.title;
  morph(document.querySelector("main"), page.querySelector("main"));
  document.dispatchEvent(new Event("console:changed"));
}

async function get(url, panels) {
  const reply = await fetch(url, { headers: panels ? { "Console-Panels": panels.join() } : {} });
  if (panels && reply.status === 404 && !document.querySelector("[data-failed]")) location.reload(); // what it showed is gone
  return new DOMParser().parseFromString(await reply.text(), "text/html");
}

function lay(page, id) {
  const from = document.getElementById(id), to = page.getElementById(id);
  if (from && to) morph(from, to);
}

// morph makes one element like another and keeps what is the same. Elements
// with an id are known by it.
export function morph(from, to) {
  if (from.isEqualNode(to) || from.matches("[data-own], output")) return;
  for (const { name } of [...from.attributes]) {
    if (!to.hasAttribute(name) && !kept(from, name)) from.removeAttribute(name);
  }
  for (const { name, value } of to.attributes) {
    if (from.getAttribute(name) !== value && !kept(from, name)) from.setAttribute(name, value);
  }
  const wanted = new Set([...to.children].map((child) => child.id).filter(Boolean));
  const known = new Map([...from.children].filter((child) => child.id).map((child) => [child.id, child]));
  let here = from.firstChild;
  for (const want of [...to.childNodes]) {
    while (here?.id && !wanted.has(here.id)) here = drop(here);
    let have = want.id ? known.get(want.id) : here && !here.id && here.nodeName === want.nodeName ? here : null;
    if (have?.nodeName !== want.nodeName) have = null;
    if (!have) {
      const fresh = document.importNode(want, true);
      if (fresh.id && known.size) fresh.classList?.add("arrived");
      from.insertBefore(fresh, here);
      continue;
    }
    if (have === here) here = here.nextSibling;
    else from.insertBefore(have, here);
    if (have.nodeType === Node.ELEMENT_NODE) morph(have, want);
    else if (have.nodeValue !== want.nodeValue) have.nodeValue = want.nodeValue;
  }
  while (here) here = drop(here);
}

// kept are the attributes that belong to who uses the page.
const kept = (el, name) => name === "tabindex" && el.hasAttribute("data-row") || name === "open" || name === "hidden";

function drop(node) {
  const next = node.nextSibling;
  node.remove();
  return next;
}
