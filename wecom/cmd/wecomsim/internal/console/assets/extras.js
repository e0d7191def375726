// Small comforts: a clock that ticks, the theme, buttons that copy.

let told = "", since = 0, timer = 0;

// tick shows the simulator's time between two looks at it.
export function tick() {
  const now = document.getElementById("now");
  if (now.dateTime !== told) [told, since] = [now.dateTime, performance.now()];
  clearTimeout(timer);
  if (now.dataset.frozen === "true") return;
  const zone = /([+-])(\d\d):(\d\d)$/.exec(told), minutes = zone ? (zone[1] + 1) * (zone[2] * 60 + +zone[3]) : 0;
  const time = new Date(Date.parse(told) + performance.now() - since + minutes * 60000);
  const text = time.toISOString().slice(0, 19).replace("T", " ");
  for (const place of document.querySelectorAll("[data-tick]")) {
    if (place.textContent !== text) place.textContent = text;
  }
  timer = setTimeout(tick, 1000 - time % 1000);
}

export function theme() {
  document.getElementById("theme").addEventListener("click", () => {
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    document.cookie = `theme=${root.dataset.theme}; path=/_sim/; max-age=31536000; SameSite=Strict`;
  });
}

// copying copies the code beside a button.
export function copying() {
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-copy]");
    if (!button) return;
    const code = button.parentElement.querySelector("code");
    getSelection().selectAllChildren(code); // at least: not every address may write to the clipboard
    await navigator.clipboard?.writeText(code.textContent);
    button.textContent = navigator.clipboard ? "Copied" : "Selected";
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  });
}
