// Lets a tablet of the ward keep the page that says "connection lost".
"use strict";

// Without a secure connection the browser keeps nothing; the board itself still says when it lost the console.
if (navigator.serviceWorker) navigator.serviceWorker.register("/app-worker.js", { updateViaCache: "none" }).catch(() => {});
