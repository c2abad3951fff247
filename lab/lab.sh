#!/bin/sh
# Runs the lab from a checkout: mvn -pl lab -am package (or test-compile) comes first.
set -eu
here=$(dirname "$(readlink -f "$0")")
picocli=$(find "$here/target/lib" "${HOME:-/root}/.m2/repository/info/picocli" -name 'picocli-[0-9]*.jar' 2>/dev/null | sort -V | tail -n 1)
java=java
[ -z "${JAVA_HOME:-}" ] || java=$JAVA_HOME/bin/java
exec "$java" --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC -XX:TieredStopAtLevel=1 \
    -cp "$here/target/classes:$picocli" dev.understudy.lab.Main "$@"
