/** Reading codes with the camera, where the browser can; everywhere else they are typed. */

interface Detector { detect(source: HTMLVideoElement): Promise<{ rawValue: string }[]> }
type DetectorOf = new (how: { formats: string[] }) => Detector;

const LOOKS_EVERY_MS = 250;

const BarcodeDetector = (globalThis as { BarcodeDetector?: DetectorOf }).BarcodeDetector;
export const canScan = Boolean(BarcodeDetector && globalThis.navigator?.mediaDevices?.getUserMedia);

/** Looks until the returned function is called; `dark`: there is no camera for us. */
export function scan(video: HTMLVideoElement, read: (code: string) => void, dark: () => void): () => void {
  let over = false;
  let stream: MediaStream | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last = "";
  const stop = () => {
    over = true;
    clearTimeout(timer);
    for (const track of stream?.getTracks() ?? []) track.stop();
  };
  const look = async (detector: Detector) => {
    const [found] = await detector.detect(video).catch(() => []);
    if (over) return;
    // The same label stays before the camera for a while.
    if (found && found.rawValue !== last) read((last = found.rawValue));
    timer = setTimeout(() => void look(detector), LOOKS_EVERY_MS);
  };
  const begin = async () => {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    if (over) return stop();
    video.srcObject = stream;
    await video.play();
    await look(new (BarcodeDetector as DetectorOf)({ formats: ["qr_code", "code_128"] }));
  };
  begin().catch(dark);
  return stop;
}
