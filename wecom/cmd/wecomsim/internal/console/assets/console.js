// The page is whole without this: here it becomes live, and forms reach the API.
import { live, visit } from "./live.js";
import { forms } from "./forms.js";
import { keys, rove } from "./keys.js";
import { tick, theme, copying } from "./extras.js";

forms();
keys();
theme();
copying();

const settle = () => { rove(); tick(); };
document.addEventListener("console:changed", settle);
settle();
live();

// Links that change only what this page shows do so without leaving it.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-soft]");
  if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  visit(link.href);
});
addEventListener("popstate", () => visit(location.href, false));
