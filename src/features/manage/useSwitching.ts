import { useState } from "react";
import type { AppError } from "@/domain/errors";
import { useUploadSwitch } from "@/state/manageHooks";

/** The switch of this device's upload, with the work under way, what it failed with, and why it is not remembered. */
export function useSwitching() {
  const { switchUpload } = useUploadSwitch();
  const [switching, setSwitching] = useState(false);
  const [error, setError] = useState<AppError | null>(null);
  const [unstored, setUnstored] = useState<AppError | null>(null);

  async function turnNow(on: boolean): Promise<void> {
    setSwitching(true);
    setError(null);
    setUnstored(null);
    const switched = await switchUpload(on);
    setError(switched.ok ? null : switched.error);
    setUnstored(switched.ok ? switched.value.unstored : null);
    setSwitching(false);
  }

  return { switching, error, unstored, turn: (on: boolean) => void turnNow(on) };
}
