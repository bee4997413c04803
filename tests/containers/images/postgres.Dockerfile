# Stand-in for postgres:15: Debian's package behind the settings that the official image understands.
FROM clones-stand-in/base
RUN apt-get update && mkdir -p /etc/postgresql-common && echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf \
 && apt-get install -y --no-install-recommends postgresql && rm -rf /var/lib/apt/lists/*
COPY images/postgres-entrypoint /usr/local/bin/
ENV PATH=$PATH:/usr/lib/postgresql/15/bin PGDATA=/var/lib/postgresql/data
RUN install -d -o postgres -g postgres -m 700 $PGDATA
VOLUME /var/lib/postgresql/data
USER postgres
STOPSIGNAL SIGINT
ENTRYPOINT ["postgres-entrypoint"]
CMD ["postgres"]
