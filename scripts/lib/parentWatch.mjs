import process from "node:process";

/**
 * Calls back once when the process that started this one is gone, however it went. A parent that
 * is killed outright can pass no signal on, and what it started would keep its ports.
 * @param {() => void} callback
 * @returns {() => void} stops watching
 */
export function onParentGone(callback) {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    callback();
  }, 500);
  timer.unref();
  return () => clearInterval(timer);
}
