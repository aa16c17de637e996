#!/usr/bin/env bash
# Tests tools/bazel with the Bazel that it finds or sets up on this machine: arguments, pipes, signals and exit statuses
# are those of that Bazel. Run it directly, not with Bazel: tests/launcher/real_root_test.sh
set -euo pipefail
set -m # otherwise a background job ignores SIGINT

readonly PATIENCE_SECONDS=60
TOOLS=$(dirname "$(realpath "${BASH_SOURCE[0]}")")/../../tools
SCRATCH=$(mktemp -d)
readonly TOOLS SCRATCH WORKSPACE="$SCRATCH/work space"
readonly BAZEL=("$WORKSPACE/tools/bazel" "--output_user_root=$SCRATCH/out" --max_idle_secs=60)

bazel() { "${BAZEL[@]}" "$@"; }

finish() {
  bazel shutdown 2>/dev/null || true
  chmod -R u+w "$SCRATCH" && rm -rf "$SCRATCH"
}

fail() {
  echo "FAILED: $1" >&2
  [[ ! -s $SCRATCH/log ]] || sed 's/^/  /' "$SCRATCH/log" >&2
  exit 1
}

# expect WHAT WANTED GOT
expect() {
  [[ $3 == "$2" ]] || fail "$1: expected $2, got $3"
  echo "ok: $1"
}

make_workspace() {
  mkdir -p "$WORKSPACE/tools" "$WORKSPACE/below/it"
  cp -r "$TOOLS/bazel" "$TOOLS/bazel_root" "$WORKSPACE/tools"
  rm -f "$WORKSPACE/tools/bazel_root/BUILD.bazel"
  touch "$WORKSPACE/MODULE.bazel"
  cat >"$WORKSPACE/program.sh" <<'PROGRAM'
#!/usr/bin/env bash
case $1 in
  exit) exit "$2" ;;
  children) count=0
    for status in /proc/[0-9]*/status; do
      { mapfile -t lines <"$status"; } 2>/dev/null || continue
      [[ " ${lines[*]} " != *"PPid:"$'\t'"$$ "* ]] || ((++count))
    done
    echo "$count" ;;
  copy) shift && printf '<%s>' "$@" && cat ;;
  sleep) touch "$2" && exec sleep 600 ;;
esac
PROGRAM
  cat >"$WORKSPACE/BUILD.bazel" <<'BUILD'
genrule(
    name = "program",
    srcs = ["program.sh"],
    outs = ["program"],
    cmd = "cp $< $@",
    executable = True,
)

genrule(
    name = "long",
    outs = ["long.txt"],
    cmd = "touch '{scratch}/started'; sleep 600",
    tags = ["no-sandbox"],
)
BUILD
  sed -i "s|{scratch}|$SCRATCH|" "$WORKSPACE/BUILD.bazel"
}

# interrupt SIGNAL WANTED_STATUS ARGUMENTS...: signals the launcher's process after the program that it runs has started.
interrupt() {
  local signal=$1 wanted=$2 status=0 pid tries
  shift 2
  rm -f "$SCRATCH/started"
  "${BAZEL[@]}" "$@" >"$SCRATCH/log" 2>&1 &
  pid=$!
  for ((tries = PATIENCE_SECONDS * 20; tries; tries--)); do
    [[ ! -e $SCRATCH/started ]] || break
    sleep 0.05
  done
  ((tries)) || fail "$* did not start"
  kill "-$signal" "$pid"
  wait "$pid" || status=$?
  expect "SIG$signal ends ${*:1:1}" "$wanted" "$status"
}

trap finish EXIT
make_workspace
cd "$WORKSPACE"

status=0
bazel build //:program 2>"$SCRATCH/log" || status=$?
expect "build" 0 "$status"
grep -q "processes: .*linux-sandbox" "$SCRATCH/log" || fail "expected the strategy linux-sandbox"
echo "ok: linux-sandbox is the strategy"
server=$(bazel info server_pid 2>/dev/null)

status=0
bazel run //:program -- exit 3 2>"$SCRATCH/log" || status=$?
expect "exit status of bazel run" 3 "$status"
expect "arguments and standard input" "<a b><><*>for it" "$(echo -n "for it" | bazel run //:program -- copy "a b" "" "*" 2>/dev/null)"
expect "unexpected child processes of the program" 0 "$(bazel run //:program -- children 2>/dev/null)"

interrupt TERM 143 run //:program -- sleep "$SCRATCH/started"
interrupt INT 130 run //:program -- sleep "$SCRATCH/started"
interrupt INT 8 build //:long
interrupt TERM 8 build //:long

cd below/it
expect "workspace, from a folder below" "$WORKSPACE" "$(bazel info workspace 2>/dev/null)"
expect "server, after all tests" "$server" "$(bazel info server_pid 2>/dev/null)"
