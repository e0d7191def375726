// A stand-in for the JS-SDK, for browsers that are no WeCom client. Like the
// real one it wants a signature before it says whose chat is open; a server
// judges it. ?customer=… in the address opens another chat.
window.ww = (() => {
  let registered = Promise.reject({ errMsg: "getCurExternalContact:fail not registered" });
  registered.catch(() => {});

  async function check(options) {
    const page = location.href.split("#")[0];
    const sig = await options.getAgentConfigSignature(page);
    const res = await fetch("/stand-in/check", {
      method: "POST",
      body: JSON.stringify({
        AgentID: Number(options.agentId), URL: page,
        NonceStr: sig.nonceStr, Timestamp: Number(sig.timestamp), Signature: sig.signature,
      }),
    });
    if (!res.ok) {
      const failure = { errMsg: await res.text() };
      options.onAgentConfigFail?.(failure);
      throw { errMsg: "getCurExternalContact:fail no permission" };
    }
    options.onAgentConfigSuccess?.({ errMsg: "agentConfig:ok", checkResult: {} });
  }

  return {
    SDK_VERSION: "stand-in",
    register(options) {
      registered = check(options);
      registered.catch(() => {});
    },
    async getCurExternalContact() {
      await registered;
      const userId = new URLSearchParams(location.search).get("customer") ?? CUSTOMER;
      return { errMsg: "getCurExternalContact:ok", userId };
    },
  };
})();
