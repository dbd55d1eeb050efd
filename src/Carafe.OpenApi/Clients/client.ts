// The client of {{name}}. Types and paths are in api.d.ts, which openapi-typescript made of openapi.json.
import createClient, { type Client } from "openapi-fetch";
import type { paths } from "./api.js";

/** A pair of tokens, as signing in gives it. */
export interface Tokens {
  access_token: string;
  refresh_token: string;
}

export interface Options {
  /** Where the API is, such as https://api.example.com. */
  baseUrl: string;
  /** The tokens of an earlier sign-in. */
  tokens?: Tokens;
  /** Called with each new pair, and with undefined when the session has ended. */
  onTokens?: (tokens: Tokens | undefined) => void;
  /** How often a request is sent again. Default: 3. */
  retries?: number;
}

// What of the API needs more than types: where a pair is renewed, how a token is sent, which requests take an Idempotency-Key.
const refreshPath: string | null = {{refresh}};
const tokenHeader = {{header}};
const tokenPrefix = {{prefix}};
const keyed: ReadonlySet<string> = new Set({{keyed}});

const repeatable = ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"];
const unavailable = [429, 502, 503, 504];
const longestWait = 30_000;

/** Holds the tokens, sends them, and renews them once for all requests that find them expired. */
export class Session {
  readonly #base: string;
  #tokens: Tokens | undefined;
  #renewal: Promise<Response | undefined> | undefined;

  constructor(private readonly options: Options) {
    this.#tokens = options.tokens;
    this.#base = new URL(options.baseUrl).href.replace(/\/$/, "") + "/";
  }

  get tokens(): Tokens | undefined {
    return this.#tokens;
  }

  /** Set it to what signing in gave, and to undefined to forget it. */
  set tokens(tokens: Tokens | undefined) {
    this.#tokens = tokens;
    this.options.onTokens?.(tokens);
  }

  /** Sends a request. Those that can be repeated are, when the network or the server fails for a moment. */
  async fetch(request: Request): Promise<Response> {
    const used = this.#tokens;
    // No token goes to another server.
    const sendsToken = !request.headers.has(tokenHeader) && request.url.startsWith(this.#base);
    if (used && sendsToken) request.headers.set(tokenHeader, tokenPrefix + used.access_token);
    const response = await this.#send(request);
    if (!used || !sendsToken || !refreshPath || !refusesToken(response)) return response;
    const failure = this.#tokens === used ? await (this.#renewal ??= this.#renew(refreshPath, used)) : undefined;
    if (failure) return failure.clone();
    if (!this.#tokens) return response;
    request.headers.set(tokenHeader, tokenPrefix + this.#tokens.access_token);
    return this.#send(request);
  }

  // All who find the pair expired share one renewal, which no caller's signal ends: the server gives the new pair once.
  // A refresh token is good once, so this request is never repeated. Returns a response that says nothing about the token.
  async #renew(path: string, used: Tokens): Promise<Response | undefined> {
    try {
      const headers = { [tokenHeader]: tokenPrefix + used.refresh_token };
      const signal = AbortSignal.timeout(longestWait);
      const response = await fetch(this.#base + path, { method: "POST", headers, signal, redirect: "error" });
      if (!response.ok && response.status !== 400 && response.status !== 401) return response;
      const renewed = response.ok ? readTokens(await response.text(), used) : undefined;
      // The app may have signed out meanwhile.
      if (this.#tokens === used) this.tokens = renewed;
      return undefined;
    } finally {
      this.#renewal = undefined;
    }
  }

  async #send(request: Request): Promise<Response> {
    const repeats = repeatable.includes(request.method) || request.headers.has("Idempotency-Key") ? this.options.retries ?? 3 : 0;
    for (let attempt = 0; ; attempt++) {
      let wait = 200 * 2 ** attempt * (1 + Math.random());
      try {
        // Only the header Authorization is dropped on the way to another server, so no redirect is followed.
        const response = await fetch(request.clone(), { redirect: "error" });
        const asked = response.headers.get("Retry-After");
        // 409 with Retry-After: the first request with the key is still under way.
        if (attempt >= repeats || !(unavailable.includes(response.status) || (response.status === 409 && asked))) return response;
        if (asked) wait = /^\d+$/.test(asked) ? Number(asked) * 1000 : Math.max(0, Date.parse(asked) - Date.now());
        if (!(wait <= longestWait)) return response;
        await response.body?.cancel();
      } catch (error) {
        if (attempt >= repeats || request.signal.aborted) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
}

// A wrong password is 401 as well, and a new token does not help it.
function refusesToken(response: Response): boolean {
  return response.status === 401 && (response.headers.get("WWW-Authenticate") ?? "").includes('error="invalid_token"');
}

function readTokens(text: string, used: Tokens): Tokens {
  try {
    const renewed: Tokens = { refresh_token: used.refresh_token, ...JSON.parse(text) };
    if (typeof renewed.access_token === "string") return renewed;
  } catch {
    // It is no JSON.
  }
  throw new TypeError("The renewal gave no tokens.");
}

/** Makes a client whose calls are checked against the API's document, with its session. */
export function connect(options: Options): { api: Client<paths>; session: Session } {
  const session = new Session(options);
  const api = createClient<paths>({ baseUrl: options.baseUrl, fetch: (request) => session.fetch(request) });
  api.use({
    onRequest({ request, schemaPath }) {
      if (session.tokens && keyed.has(`${request.method} ${schemaPath}`) && !request.headers.has("Idempotency-Key")) {
        request.headers.set("Idempotency-Key", crypto.randomUUID());
      }
      return request;
    },
  });
  return { api, session };
}
