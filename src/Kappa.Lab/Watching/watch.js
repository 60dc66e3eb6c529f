"use strict";
(() => {
  const pause = 1000;
  const live = document.getElementById("live"), lost = document.getElementById("lost");
  let tag = null, status = null;

  // What is drawn stays where it is, so that a reader's zoom does, and takes the new numbers.
  function show(page) {
    const fresh = page.getElementById("live"), drawn = [...live.querySelectorAll("[data-plot]")];
    [...fresh.querySelectorAll("[data-plot]")].forEach((place, i) => { if (drawn[i]) place.replaceWith(drawn[i]); });
    live.replaceChildren(...fresh.childNodes);
    document.title = page.title;
    document.dispatchEvent(new Event("plots"));
  }

  async function look() {
    if (!document.hidden) {
      try {
        const answer = await fetch(location.href, { cache: "no-store", headers: tag ? { "If-None-Match": tag } : {} });
        if (answer.status !== 304) {
          // What comes or goes is another page.
          if (status !== null && answer.status !== status) location.reload();
          status = answer.status;
          show(new DOMParser().parseFromString(await answer.text(), "text/html"));
          tag = answer.headers.get("ETag");
        }
        lost.hidden = true;
      } catch {
        lost.hidden = false;
      }
    }
    setTimeout(look, pause);
  }
  setTimeout(look, pause);
})();
