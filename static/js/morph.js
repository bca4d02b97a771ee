/* Joins htmx and Idiomorph: hx-swap="morph:outerHTML" changes only what differs. */
"use strict";

htmx.defineExtension("morph", {
  isInlineSwap: (style) => style === "morph:outerHTML",
  handleSwap(style, target, fragment) {
    if (style !== "morph:outerHTML") return false;
    return Idiomorph.morph(target, fragment.children, { morphStyle: "outerHTML", ignoreActiveValue: true });
  },
});
