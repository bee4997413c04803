// What a TypeScript program does with the generated types; it is compiled, not run.
import createClient from "openapi-fetch";
import type { components, paths } from "./generated/clones.js";

type Payment = components["schemas"]["PaymentView"];

const clones = createClient<paths>({ baseUrl: "http://127.0.0.1:18080" });

export async function signIn(address: string, sign: (message: string) => Promise<string>): Promise<string> {
  const challenge = await clones.POST("/v1/auth/challenge", { body: { address } });
  if (challenge.error) throw new Error(challenge.error.detail);
  const { message } = challenge.data;
  const token = await clones.POST("/v1/auth/token", { body: { message, signature: await sign(message) } });
  if (token.error) throw new Error(`${token.error.code}: ${token.error.detail}`);
  return token.data.accessToken;
}

export async function pay(token: string, trainingPoolId: string, recipient: string, amount: string): Promise<Payment> {
  const { data, error } = await clones.POST("/v1/payments", {
    params: { header: { "Idempotency-Key": crypto.randomUUID() } },
    headers: { Authorization: `Bearer ${token}` },
    body: { trainingPoolId, recipient, amount, onInsufficientFunds: "wait" },
  });
  if (error) throw new Error(`${error.code} at ${Object.keys(error.errors ?? {}).join(", ")}`);
  return data;
}

export async function failures(token: string): Promise<string[]> {
  const { data, error } = await clones.GET("/v1/payments", {
    params: { query: { status: "FAILED", limit: 100 } },
    headers: { Authorization: `Bearer ${token}` },
  });
  if (error) throw new Error(error.detail);
  return data.items.map((payment) => `${payment.id}: ${payment.reason ?? "no reason"}`);
}
