/* Joins htmx and Idiomorph: hx-swap="morph" replaces an element by changing only what differs. */
"use strict";

htmx.defineExtension("morph", {
  isInlineSwap: (style) => style === "morph",
  handleSwap(style, target, fragment) {
    if (style !== "morph") return false;
    return Idiomorph.morph(target, fragment.children, { morphStyle: "outerHTML" });
  },
});
