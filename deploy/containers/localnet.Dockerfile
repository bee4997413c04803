# The local Solana cluster, for compose only; a deployment talks to a real one.
FROM node:20-bookworm-slim
WORKDIR /localnet
COPY tools/localnet/package.json tools/localnet/package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund
COPY tools/localnet .
COPY deploy/containers/healthy /usr/local/bin/healthy
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 8899 8900
ENTRYPOINT ["node", "main.mjs", "--host", "0.0.0.0", "--port", "8899", "--data", "/data"]
