import { useState } from "react";
import type { AppError } from "@/domain/errors";
import { useUploadSwitch } from "@/state/manageHooks";

/** The switch of this device's upload, with the work under way and what it failed with. */
export function useSwitching() {
  const { switchUpload } = useUploadSwitch();
  const [switching, setSwitching] = useState(false);
  const [error, setError] = useState<AppError | null>(null);

  async function turnNow(on: boolean): Promise<void> {
    setSwitching(true);
    setError(null);
    const switched = await switchUpload(on);
    setError(switched.ok ? null : switched.error);
    setSwitching(false);
  }

  return { switching, error, turn: (on: boolean) => void turnNow(on) };
}
