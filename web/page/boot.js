// Decodes the module that stands in the page, and starts it. The Worker gets the compiled module from there.
(async () => {
  try {
    const text = atob(document.getElementById("module").textContent);
    const bytes = new Uint8Array(text.length);
    for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
    await wasm_bindgen({ module_or_path: bytes });
    document.getElementById("module").remove();
  } catch (error) {
    const said = document.createElement("p");
    said.className = "loading";
    said.setAttribute("role", "alert");
    said.textContent = "This browser cannot run the check: " + error;
    document.getElementById("app").replaceChildren(said);
  }
})();
