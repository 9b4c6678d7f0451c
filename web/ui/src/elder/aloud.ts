/** Reads a page aloud where the device can; without this script nothing is missing. */
const main = document.querySelector("main");

if (main && "speechSynthesis" in window) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "choice quiet";
  button.textContent = "读给我听";
  button.addEventListener("click", () => {
    speechSynthesis.cancel();
    const said = new SpeechSynthesisUtterance(main.innerText.replaceAll("\n", "。"));
    said.lang = "zh-CN";
    said.rate = 0.85;
    speechSynthesis.speak(said);
  });
  document.querySelector("footer")?.prepend(button);
}
