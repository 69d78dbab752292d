/**
 * Lets the event loop run its other tasks (input, painting, messages) before going on. Unlike a
 * timer it is not slowed down in a hidden tab, where a restore must keep its pace.
 */
export function yieldToMain(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener("message", () => {
      port1.close();
      port2.close();
      resolve();
    });
    port1.start();
    port2.postMessage(null);
  });
}
