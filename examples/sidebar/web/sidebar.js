// What the page does in the WeCom client: it proves whose it is, asks whose
// chat is open, and shows that customer. The server makes the HTML.
(async () => {
  const { corpId, agentId } = document.body.dataset;
  const main = document.querySelector("main");

  // ask fetches, and logs in again when the session is over.
  async function ask(path, options) {
    const res = await fetch(path, options);
    if (res.status === 401) {
      location.reload();
      await new Promise(() => {});
    }
    return res;
  }

  // parts are what a page of the server shows, without the page around it.
  async function parts(res) {
    const page = new DOMParser().parseFromString(await res.text(), "text/html");
    return (page.querySelector("main") ?? page.body).childNodes;
  }

  async function show(res) {
    main.replaceChildren(...await parts(res));
    main.setAttribute("aria-busy", "false");
  }

  function say(text) {
    const p = document.createElement("p");
    p.className = "card message";
    p.setAttribute("role", "alert");
    p.textContent = text;
    main.replaceChildren(p);
    main.setAttribute("aria-busy", "false");
  }

  // WeCom can end a ticket early: then a new one helps, once.
  async function signatureRefused() {
    if (sessionStorage.getItem("refused")) {
      return;
    }
    sessionStorage.setItem("refused", "yes");
    await ask("/sign/refused", { method: "POST" });
    location.reload();
  }

  main.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { target: form, submitter } = event;
    const body = new URLSearchParams(new FormData(form, submitter));
    main.setAttribute("aria-busy", "true");
    try {
      const res = await ask(form.getAttribute("action"), { method: "POST", body });
      await show(res);
      main.querySelector(`button[value="${CSS.escape(submitter.value)}"]`)?.focus();
    } catch {
      say("网络不通，请稍后再试。");
    }
  });

  if (typeof ww === "undefined") {
    say("请在企业微信的聊天工具栏中打开此页面。");
    return;
  }
  ww.register({
    corpId,
    agentId,
    jsApiList: ["getCurExternalContact"],
    async getAgentConfigSignature(url) {
      return (await ask(`/sign?url=${encodeURIComponent(url)}`)).json();
    },
    onAgentConfigFail: signatureRefused,
  });
  let customer;
  try {
    customer = await ww.getCurExternalContact();
  } catch (err) {
    say(`企业微信没有给出当前客户（${err?.errMsg ?? err}）。`);
    return;
  }
  try {
    await show(await ask(`/customer?external_userid=${encodeURIComponent(customer.userId)}`));
    sessionStorage.removeItem("refused");
  } catch {
    say("网络不通，请稍后再试。");
  }
})();
