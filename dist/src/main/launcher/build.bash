# Sourced by the launcher in a source checkout: builds the jars when they are out of date, one build at a time.
# Takes from the launcher: home, lib, java_home, tornado, fail, how_to_install.

readonly target=$home/dist/target
readonly with_tornado=$target/with-tornado # the last build had TornadoVM's kernels
readonly built_from=$target/built-from     # a checksum of the sources of the last build made here
readonly sources=("$home"/pom.xml "$home"/*/pom.xml "$home"/*/src/main "$home"/backend-tornado/src)
# Silences what Maven's own libraries make a current JDK say.
readonly maven_options="--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow"

build_if_stale() {
    if is_built; then return; fi
    # The lock ends with the last process that holds it, so a build that is killed leaves nothing behind.
    mkdir -p "$target"
    exec 9>>"$target/build.lock"
    if ! lock --nonblock; then
        echo "arkvale: another call is building; waiting for it ..." >&2
        lock || fail "$target/build.lock cannot be locked."
    fi
    if ! is_built; then build; fi
    exec 9>&-
}

# Locks file 9 of this process. Systems without `flock` have Perl (macOS).
lock() {
    if type -P flock >/dev/null; then
        flock "$@" 9
    elif type -P perl >/dev/null; then
        perl -MFcntl=:flock \
            -e 'open($file, ">>&=", 9) && flock($file, @ARGV ? LOCK_EX | LOCK_NB : LOCK_EX) or exit 1' -- "$@"
    else
        echo "arkvale: note: neither flock nor perl is on the PATH, so start no second call while this one builds." >&2
    fi
}

# Maven removes the packed distribution before it collects the jars and writes it after, so it stands for a whole build.
packed() {
    compgen -G "$target/arkvale-*.tar.gz"
}

checksum_of_sources() {
    find "${sources[@]}" -type f -exec cksum {} + | LC_ALL=C sort | cksum
}

# Whether the jars are of the sources as they are. Times tell, which is quick; sources that are newer than the build are
# compared with those of the last build made here, since a clock that was wrong leaves files that are newer for years.
is_built() {
    local packed
    packed=$(packed) || return 1
    [[ -d $lib && (-z $tornado || -f $with_tornado) ]] || return 1
    [[ -n $(find "${sources[@]}" -newer "$packed" -print -quit) ]] || return 0
    [[ -f $built_from && ! $packed -nt $built_from && $(<"$built_from") == "$(checksum_of_sources)" ]]
}

build() {
    local profiles=() started log checksum
    local projects=dist
    if [[ -n $tornado ]]; then profiles=(--activate-profiles tornado); fi
    # The add-on with Spark, once it was built, is kept up with the rest.
    if [[ -d $home/cluster/target/spark ]]; then
        profiles+=(--activate-profiles spark)
        projects+=,cluster
    fi
    type -P mvn >/dev/null ||
        fail "building from source needs Maven 3.8 or later, and there is no 'mvn' on the PATH." \
            "To install it: $(how_to_install maven)"
    [[ -x $java_home/bin/javac ]] ||
        fail "building from source needs a compiler, which $java_home lacks; set JAVA_HOME to a full JDK $java_version."
    echo "arkvale: building, which takes a minute or two the first time ..." >&2
    checksum=$(checksum_of_sources)
    started=$(mktemp)
    log=$(mktemp)
    (cd "$home" && JAVA_HOME=$java_home MAVEN_OPTS="$maven_options ${MAVEN_OPTS:-}" \
        mvn --batch-mode -Dmaven.test.skip=true ${profiles[@]+"${profiles[@]}"} --projects "$projects" --also-make package) \
        </dev/null >"$log" 2>&1 ||
        fail "the build failed; its output is in $log, its errors are:"$'\n'"$(grep -F '[ERROR]' "$log" | head -n 20)"
    rm -f "$with_tornado"
    if [[ -n $tornado ]]; then touch "$with_tornado"; fi
    # What was edited while Maven ran counts as newer than the build.
    echo "$checksum" >"$built_from"
    touch -r "$started" "$built_from" "$(packed)"
    rm -f "$started" "$log"
}
