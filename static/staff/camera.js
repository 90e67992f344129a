// The camera: shows what it sees and calls back with every code it reads. Barcodes are read on the device by
// WebAssembly that comes from our own server.

const PAUSE_MS = 90;
const WIDEST = 960;
const FORMATS = ["qr_code", "data_matrix", "code_128", "code_39", "ean_13", "ean_8"];

export class Camera {
  /** *wasm* is the address of the decoder, *found* gets the text of every code that comes into view. */
  constructor(video, wasm, found) {
    this.video = video;
    this.found = found;
    this.canvas = document.createElement("canvas");
    this.context = this.canvas.getContext("2d", { willReadFrequently: true });
    this.resting = false;
    const { BarcodeDetector, prepareZXingModule } = globalThis.BarcodeDetectionAPI;
    // The decoder is fetched with the first picture: a till that has only a hand scanner never needs it.
    prepareZXingModule({ overrides: { locateFile: () => wasm } });
    this.detector = new BarcodeDetector({ formats: FORMATS });
  }

  /** Ask for the camera and start reading. Rejects with the browser's error. */
  async start() {
    if (this.stream) return;
    if (!navigator.mediaDevices) throw new DOMException("no camera here", "NotFoundError");
    this.stream = await navigator.mediaDevices.getUserMedia({
      audio: false,
      video: { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 } },
    });
    this.video.srcObject = this.stream;
    await this.video.play();
    this.read();
  }

  /** Let the camera go, as when the app is in the background. */
  stop() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
    this.video.srcObject = null;
  }

  /** Switch the lamp beside the lens; false when there is none. */
  async torch(on) {
    const track = this.stream?.getVideoTracks()[0];
    if (!track?.getCapabilities?.().torch) return false;
    await track.applyConstraints({ advanced: [{ torch: on }] });
    return true;
  }

  get hasTorch() {
    return Boolean(this.stream?.getVideoTracks()[0]?.getCapabilities?.().torch);
  }

  async read() {
    const { stream } = this;
    while (stream && stream === this.stream) {
      if (!this.resting && this.video.readyState >= 2) await this.look();
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  async look() {
    const { video, canvas } = this;
    const scale = Math.min(1, WIDEST / video.videoWidth);
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    this.context.drawImage(video, 0, 0, canvas.width, canvas.height);
    const [code] = await this.detector.detect(canvas);
    if (code?.rawValue && !this.resting) this.found(code.rawValue);
  }
}
