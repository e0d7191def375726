// Lists the texts in view that are too faint on what is behind them, by the
// rule of WCAG 2 (AA).
(() => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const parse = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return { r, g, b, a: a / 255 };
  };
  const over = (top, under) => ({
    r: top.r * top.a + under.r * (1 - top.a), g: top.g * top.a + under.g * (1 - top.a), b: top.b * top.a + under.b * (1 - top.a), a: 1,
  });
  const behind = (el) => {
    const layers = [];
    for (let at = el; at; at = at.parentElement) {
      const color = parse(getComputedStyle(at).backgroundColor);
      layers.push(color);
      if (color.a === 1) break;
    }
    return layers.reduceRight((under, top) => over(top, under), parse("white"));
  };
  const linear = (v) => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
  const luminance = ({ r, g, b }) => .2126 * linear(r) + .7152 * linear(g) + .0722 * linear(b);
  const faint = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim(), el = walker.currentNode.parentElement;
    if (!text || el.closest("option, script, noscript, .visually-hidden") || !el.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    const style = getComputedStyle(el), size = parseFloat(style.fontSize);
    if (size === 0) continue;
    const ground = behind(el), ink = over(parse(style.color), ground);
    const [bright, dark] = [luminance(ink), luminance(ground)].sort((a, b) => b - a);
    const ratio = (bright + .05) / (dark + .05), large = size >= 24 || size >= 18.66 && style.fontWeight >= 700;
    if (ratio < (large ? 3 : 4.5)) faint.add(`${ratio.toFixed(2)} ${el.tagName}.${el.className}: ${text.slice(0, 30)}`);
  }
  return [...faint];
})();
