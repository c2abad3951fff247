#!/usr/bin/env bash
# Makes, from the agent's jars (mvn package), two things that need no Java on the host:
#   agent/target/image                                 a folder to run from as it is
#   agent/target/understudy-agent_VERSION_ARCH.deb     the same, with systemd units
# The same sources and JDK give the same bytes.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"
source ../scripts/env.sh
need_jdk
need dpkg-deb:dpkg

target=$PWD/target
packaging=$PWD/src/main/packaging
version=$(sed -n 's:.*<artifactId>understudy</artifactId><version>\([^<]*\)</version>.*:\1:p' pom.xml)
export SOURCE_DATE_EPOCH=$(date -d "$(sed -n 's:.*<project.build.outputTimestamp>\(.*\)</.*:\1:p' ../pom.xml)" +%s)

jar=$target/understudy-agent-$version.jar
if [ ! -e "$jar" ] || [ ! -d "$target/lib" ]; then
  (cd .. && mvn -B -q -Dquick -DskipTests -pl agent -am package)
fi

# What the jars need, as jdeps sees it. Gson's adapters for java.sql and its use of Unsafe are for
# types that we do not have.
MODULES=java.base,java.net.http
needed=$("$JAVA_HOME/bin/jdeps" --multi-release 25 --ignore-missing-deps --print-module-deps \
    "$jar" "$target"/lib/*.jar | tr , '\n' | grep -vxE 'java.sql|jdk.unsupported|java.logging' | sort | paste -sd,)
if [ "$needed" != "$MODULES" ]; then
  die "The agent's jars need the modules $needed; package.sh puts $MODULES into the image. Mend one of them."
fi

image=$target/image
rm -rf "$image"
mkdir -p "$image/lib" "$image/bin"
"$JAVA_HOME/bin/jlink" --add-modules "$MODULES" --strip-debug --no-header-files --no-man-pages \
    --output "$image/runtime"
rm -f "$image"/runtime/bin/{keytool,jrunscript,rmiregistry,serialver}
cp "$jar" "$target"/lib/*.jar "$image/lib/"
name() { basename "$(ls "$image"/lib/$1)"; }
sed -e "s/@AGENT@/$(name 'understudy-agent-*.jar')/" \
    -e "s/@PROTOCOL@/$(name 'understudy-protocol-*.jar')/" \
    -e "s/@GSON@/$(name 'gson-*.jar')/" \
    -e "s/@JSPECIFY@/$(name 'jspecify-*.jar')/" \
    "$packaging/understudy-agent.sh" >"$image/bin/understudy-agent"
chmod 0755 "$image/bin/understudy-agent"
find "$image" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
# Class data, parsed once here instead of at every start on every host: the runtime's, which is all
# that the resident agent uses, and with them our own.
"$image/runtime/bin/java" -XX:+UseSerialGC -XX:+UseCompactObjectHeaders -Xshare:dump -Xlog:disable
class_path=()
for library in understudy-agent understudy-protocol gson jspecify; do
  class_path+=("$image/lib/$(name "$library-*.jar")")
done
classes=$target/classes.list
{
  cat "$image/runtime/lib/classlist"
  "$JAVA_HOME/bin/java" "$packaging/ClassList.java" "${class_path[@]}"
} >"$classes"
"$image/runtime/bin/java" -XX:+UseSerialGC -XX:+UseCompactObjectHeaders --enable-native-access=ALL-UNNAMED \
    -Xshare:dump -XX:SharedClassListFile="$classes" -XX:SharedArchiveFile="$image/lib/classes.jsa" \
    -Xlog:disable -cp "$(IFS=:; echo "${class_path[*]}")"
touch -d "@$SOURCE_DATE_EPOCH" "$image"/runtime/lib/server/*.jsa "$image/runtime/lib/server" \
    "$image/lib/classes.jsa" "$image/lib"
# A runtime that cannot use it starts nevertheless, only later and larger.
if ! said=$(JAVA_TOOL_OPTIONS=-Xshare:on "$image/bin/understudy-agent" --help 2>&1 >/dev/null) ||
    [ "$(grep -cv '^Picked up ' <<<"$said")" -ne 0 ]; then
  die "The class data in $image/lib/classes.jsa does not fit $image/bin/understudy-agent: $said"
fi

architecture=$(dpkg --print-architecture)
root=$target/deb
rm -rf "$root"
mkdir -p "$root/DEBIAN" "$root/usr/lib/systemd/system" "$root/usr/bin" "$root/etc/understudy" \
    "$root/usr/share/doc/understudy-agent"
cp -a "$image" "$root/usr/lib/understudy-agent"
ln -s ../lib/understudy-agent/bin/understudy-agent "$root/usr/bin/understudy-agent"
cp "$packaging"/understudy-agent*.service "$packaging"/understudy-agent*.timer "$root/usr/lib/systemd/system/"
cp "$packaging"/{agent,policy}.json "$root/etc/understudy/"
cp ../LICENSE "$root/usr/share/doc/understudy-agent/copyright" 2>/dev/null ||
    echo "Licence: Apache-2.0" >"$root/usr/share/doc/understudy-agent/copyright"
cp "$packaging"/debian/{conffiles,postinst,prerm,postrm} "$root/DEBIAN/"
chmod 0755 "$root"/DEBIAN/{postinst,prerm,postrm}
sed -e "s/@VERSION@/${version/-SNAPSHOT/~snapshot}/" -e "s/@ARCHITECTURE@/$architecture/" \
    -e "s/@SIZE@/$(du -sk --apparent-size "$root/usr" | cut -f1)/" \
    "$packaging/debian/control" >"$root/DEBIAN/control"
chmod -R u=rwX,go=rX "$root"
find "$root" -newermt "@$SOURCE_DATE_EPOCH" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
deb=$target/understudy-agent_${version/-SNAPSHOT/~snapshot}_$architecture.deb
rm -f "$target"/understudy-agent_*.deb
dpkg-deb --root-owner-group -Zgzip -z6 --build "$root" "$deb" >/dev/null
rm -rf "$root"
echo "$image ($(du -sm "$image" | cut -f1) MB), $deb ($(du -m "$deb" | cut -f1) MB)"
