// Who is meant by a code: by the camera where the browser reads codes itself, else by a photo that the server reads.
const LOOK_MS = 200;
const SIDE_MAX = 1600;

export async function scan({ $, texts, tell, ask, root, choose }) {
  const dialog = $("scanner");
  const camera = $("camera");
  const said = $("scanner-said");
  const asked = said.dataset.asked ?? said.textContent;
  said.dataset.asked = asked;
  said.textContent = asked;
  let stream = null;
  let over = false;

  function take(people, value) {
    if (people.length === 1) {
      choose(people[0]);
      dialog.close();
      return true;
    }
    said.textContent = tell(texts.nobody, { code: value });
    return false;
  }

  async function meant(value) {
    try {
      const { said: answer } = await ask(`${root.dataset.people}?code=${encodeURIComponent(value)}`);
      return take(answer.people ?? [], value);
    } catch {
      // Offline: the identifier is sent as it is, and the server finds out who is meant.
      choose({ code: value, name: value, detail: "", seen: false });
      dialog.close();
      return true;
    }
  }

  async function watch() {
    if (!("BarcodeDetector" in self) || !navigator.mediaDevices?.getUserMedia) return;
    try {
      const detector = new self.BarcodeDetector();
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      if (over) return stop();
      camera.srcObject = stream;
      camera.hidden = false;
      await camera.play();
      while (!over) {
        const codes = await detector.detect(camera);
        if (codes.length && (await meant(codes[0].rawValue))) return;
        await new Promise((done) => setTimeout(done, LOOK_MS));
      }
    } catch {
      if (!over) said.textContent = texts.noCamera;
      camera.hidden = true;
    }
  }

  function stop() {
    over = true;
    stream?.getTracks().forEach((track) => track.stop());
    camera.srcObject = null;
    camera.hidden = true;
  }

  async function photo() {
    const [file] = $("photo").files;
    if (!file) return;
    said.textContent = texts.reading;
    const body = new FormData();
    body.append("photo", await smaller(file), "photo");
    try {
      const { ok, said: answer } = await ask(root.dataset.scan, { method: "POST", body });
      if (ok) take(answer.people, answer.value);
      else said.textContent = answer.sentence ?? texts.noCamera;
    } catch {
      said.textContent = texts.searchOffline;
    }
    $("photo").value = "";
  }

  $("photo").onchange = photo;
  $("scanner-close").onclick = () => dialog.close();
  dialog.onclose = () => {
    stop();
    $("scan").focus();
  };
  dialog.showModal();
  watch();
}

// A photo of twelve megapixels says no more than one of two, and takes six times as long to send.
async function smaller(file) {
  try {
    const image = await createImageBitmap(file);
    const scale = Math.min(1, SIDE_MAX / Math.max(image.width, image.height));
    if (scale === 1 && file.size < 1_000_000) return file;
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(image.width * scale);
    canvas.height = Math.round(image.height * scale);
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((done) => canvas.toBlob((blob) => done(blob ?? file), "image/jpeg", 0.85));
  } catch {
    return file;
  }
}
