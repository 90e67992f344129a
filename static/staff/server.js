// Talking to the server: an answer, a refusal with its sentence, or trouble on the way, which is a normal state.

const PATIENCE_MS = 6000;

/** The request may or may not have arrived: the network, or a server that could not answer. */
export class Trouble extends Error {}

/** The server said no: a code for programs, a sentence for people. */
export class Refusal extends Error {
  constructor(status, problem) {
    super(problem.message ?? "");
    this.status = status;
    this.code = problem.code ?? "broken";
  }
}

export class Server {
  constructor(base, token) {
    this.base = base;
    this.token = token;
  }

  get(path) {
    return this.send(path, { method: "GET" });
  }

  post(path, body) {
    return this.send(path, { method: "POST", body: JSON.stringify(body) });
  }

  async send(path, options) {
    let response;
    let body;
    try {
      response = await fetch(this.base + path, {
        ...options,
        headers: {
          Accept: "application/json",
          "Content-Type": "application/json",
          "X-CSRFToken": this.token,
        },
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      body = response.status === 204 ? null : await response.json();
    } catch (error) {
      throw new Trouble(error.message);
    }
    if (response.status >= 500) throw new Trouble(String(response.status));
    if (!response.ok) throw new Refusal(response.status, body ?? {});
    return body;
  }
}
