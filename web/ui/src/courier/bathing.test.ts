import { expect, test } from "vitest";
import { judge } from "./bathing";

const well = { temperature: 36.5, systolic: 128, diastolic: 78, pulse: 72 };

test("measured well and without a sign the bath may begin", () => {
  expect(judge(well, []).is).toBe("ok");
  expect(judge({ ...well, temperature: 37.2, systolic: 159, pulse: 100 }, []).is).toBe("ok");
});

test("each value outside holds the bath, each sign ends it", () => {
  expect(judge({ ...well, temperature: 37.3 }, [])).toEqual({ is: "hold", because: ["temperature"] });
  expect(judge({ ...well, systolic: 160, pulse: 49 }, [])).toEqual({ is: "hold", because: ["systolic", "pulse"] });
  expect(judge({ ...well, diastolic: 100 }, ["wound"])).toEqual({ is: "no", because: ["wound"] });
});
