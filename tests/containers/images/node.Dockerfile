# Stand-in for node:20-bookworm-slim: the Node.js of this machine, and the user "node".
FROM clones-stand-in/base
COPY node/bin/node /usr/bin/node
COPY node/lib /usr/lib/node_modules
COPY machine/npmrc /etc/npmrc
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/bin/npm && useradd --uid 1000 --create-home node
ENV NPM_CONFIG_GLOBALCONFIG=/etc/npmrc NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
