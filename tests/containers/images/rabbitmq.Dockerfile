# Stand-in for rabbitmq:3-management: Debian's package behind the settings that the official image understands.
FROM clones-stand-in/base
RUN apt-get update && apt-get install -y --no-install-recommends rabbitmq-server && rm -rf /var/lib/apt/lists/* \
 && echo '[rabbitmq_management].' >/etc/rabbitmq/enabled_plugins
COPY images/rabbitmq-entrypoint /usr/local/bin/
ENV PATH=/usr/lib/rabbitmq/bin:$PATH HOME=/var/lib/rabbitmq LANG=C.UTF-8
VOLUME /var/lib/rabbitmq
USER rabbitmq
ENTRYPOINT ["rabbitmq-entrypoint"]
