// Keys pressed while the page is there and static/js/queue.js is not yet: kept in their order until it takes them.
// A classic script in the head, because modules wait for the end of the page.
(function () {
  const kept = [];
  function keep(event) {
    if (event.repeat || event.isComposing || event.altKey || event.metaKey) return;
    const confirms = event.ctrlKey && event.key === "Enter";
    const idle = event.target === document.body || event.target.matches("main, .messages");
    if (confirms || (idle && !event.ctrlKey)) kept.push({ key: event.key, confirms: confirms, at: event.timeStamp });
  }
  document.addEventListener("keydown", keep);
  window.takeEarlyKeys = function () {
    document.removeEventListener("keydown", keep);
    return kept.splice(0);
  };
})();
