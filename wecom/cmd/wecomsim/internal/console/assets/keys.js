// The keyboard: g and a letter, /, w, x, ?, Esc, and the arrows in lists.

export function keys() {
  let going = 0;
  const help = document.getElementById("help");
  document.getElementById("help-button").addEventListener("click", () => help.showModal());
  document.addEventListener("keydown", (event) => {
    const at = event.target, typing = at.matches?.("input, select, textarea");
    if (event.key === "Enter" && at.matches?.("[data-enter]") && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      at.form.requestSubmit();
      return;
    }
    if (event.key === "Escape") return void escape(at, typing);
    if (arrows(event, at)) return void event.preventDefault();
    if (typing || event.metaKey || event.ctrlKey || event.altKey || help.open) return;
    const go = Date.now() - going < 1500 && document.querySelector(`nav [data-key="${CSS.escape(event.key)}"]`);
    going = 0;
    document.body.classList.remove("going");
    if (go) return void go.click();
    const found = {
      "/": () => document.querySelector("[data-search]")?.select(),
      "w": () => document.querySelector("[data-write]")?.focus(),
      "x": () => document.querySelector("[data-swap]")?.click(),
      "?": () => help.showModal(),
      "g": () => { going = Date.now(); document.body.classList.add("going"); },
    }[event.key];
    if (!found) return;
    event.preventDefault();
    found();
  });
}

function escape(at, typing) {
  if (document.querySelector("dialog[open], :popover-open")) return; // they close by themselves
  if (typing) return at.blur();
  document.querySelector("[data-close]")?.click();
}

// arrows moves in the list that an element is in.
function arrows({ key }, at) {
  const list = at.matches?.("[data-row]") && at.closest("[data-rove]");
  if (!list) return false;
  const rows = [...list.querySelectorAll("[data-row]")], i = rows.indexOf(at);
  const to = { ArrowDown: rows[i + 1], ArrowUp: rows[i - 1], Home: rows[0], End: rows.at(-1) }[key];
  to?.focus();
  return Boolean(to);
}

// rove lets the tab key reach one row of each list: the one where one was last.
export function rove() {
  for (const list of document.querySelectorAll("[data-rove]")) {
    const rows = [...list.querySelectorAll("[data-row]")];
    const last = rows.find((row) => row === document.activeElement) ?? rows.find((row) => row.tabIndex === 0 && row.hasAttribute("tabindex")) ?? rows[0];
    for (const row of rows) row.tabIndex = row === last ? 0 : -1;
    list.addEventListener("focusin", rove);
  }
}
