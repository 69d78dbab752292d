/** Why there is no picture from the camera, and what else can be done. The reasons are those of lib/camera. */
export function describeCameraProblem(problem: "denied" | "none" | "in_use" | "unavailable"): {
  title: string;
  body: string;
} {
  switch (problem) {
    case "denied":
      return {
        title: "The camera may not be used",
        body: "The browser was told to refuse it. Allow the camera in the browser’s settings for this page, or compare emoji instead.",
      };
    case "none":
      return {
        title: "No camera was found",
        body: "Compare emoji instead, or let the other device scan the code shown here.",
      };
    case "in_use":
      return {
        title: "The camera is in use",
        body: "Another program or tab holds it. Close that one and try again, or compare emoji instead.",
      };
    case "unavailable":
      return {
        title: "The camera could not be turned on",
        body: "The browser does not say why. Try again, or compare emoji instead.",
      };
  }
}
