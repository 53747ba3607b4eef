// The live run: what people opened stays open, and nothing is asked for while nobody looks.

Idiomorph.defaults.callbacks.beforeAttributeUpdated = (name, element) => {
  return !(name === "open" && element.tagName === "DETAILS");
};

document.body.addEventListener("htmx:beforeRequest", (event) => {
  const { elt, requestConfig } = event.detail;
  if (elt.hasAttribute("data-live") && requestConfig.verb === "get" && document.hidden) event.preventDefault();
});
