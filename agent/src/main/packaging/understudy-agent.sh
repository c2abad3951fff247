#!/bin/sh
# Starts the agent with the runtime beside it. Small and quiet: one garbage collector thread, no
# optimising compiler, a heap that shrinks again, reflection that makes no code. Its own class data
# was parsed when it was packaged; the resident agent does without, since it starts once and would
# keep them in memory, as it would a larger young generation and machine code of what ran a few
# hundred times and not again. File names are read as UTF-8 whatever the locale of the caller is.
here=$(dirname "$(readlink -f "$0")")/..
case "${1:-}" in
run) classes= sizes="-Xms3m -XX:MaxNewSize=1m -XX:CompileThresholdScaling=5" ;;
*) classes=-XX:SharedArchiveFile=$here/lib/classes.jsa sizes="-Xms24m -XX:MaxNewSize=16m" ;;
esac
export LC_ALL=C.UTF-8 MALLOC_ARENA_MAX=1
# shellcheck disable=SC2086 # several options
exec "$here/runtime/bin/java" \
  -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:+UseCompactObjectHeaders \
  $sizes -Xmx96m -XX:MinHeapFreeRatio=5 -XX:MaxHeapFreeRatio=10 -Xss4m \
  -XX:TrimNativeHeapInterval=20000 -XX:+UnlockDiagnosticVMOptions -XX:ArchiveRelocationMode=0 \
  -XX:ReservedCodeCacheSize=16m -XX:MaxMetaspaceSize=64m -XX:CICompilerCount=1 \
  -XX:-UsePerfData -XX:+ExitOnOutOfMemoryError --enable-native-access=ALL-UNNAMED \
  -Djdk.reflect.useNativeAccessorOnly=true \
  -Xshare:auto ${classes:+"$classes"} -Xlog:disable -Xlog:all=error:stderr \
  -cp "$here/lib/@AGENT@:$here/lib/@PROTOCOL@:$here/lib/@GSON@:$here/lib/@JSPECIFY@" \
  dev.understudy.agent.Main "$@"
