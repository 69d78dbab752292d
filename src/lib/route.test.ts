import { expect, it } from "vitest";
import { hrefOf, routeOf, type Route } from "./route";

it("leads back from every address to its route", () => {
  const routes: Route[] = ["overview", "rooms", "set-up", "unlock", "verify", "restore"];
  expect(routes.map((route) => routeOf(hrefOf(route)))).toEqual(routes);
});

it("takes anything else for the overview", () => {
  expect(["", "#", "#/nowhere", "#/rooms/1"].map(routeOf)).toEqual(
    Array.from({ length: 4 }, () => "overview"),
  );
});
