# shellcheck shell=bash
# "./clones test": what is missing is set up, then format, build, localnet's own tests and every test project.
# Each step counts; the very last line is "N passed, N failed".

# Suites that run at the same time. They wait for chains, brokers and time-outs more than they compute: two take half the time, a third one makes
# the waits of the others run out.
readonly TEST_LANES=2

# The longest first, so that none of them is left alone at the end; the others follow by name.
readonly LONGEST_SUITES=(Settlement EndToEnd Chaos Custody Workers)

PASSED=0 FAILED=0 SKIPPED=0
SUMMARY=() UNSTEADY=()

# count NAME PASSED FAILED SKIPPED SECONDS: written down, since suites run in processes of their own; sum_up adds up.
count() { printf '%s %d %d %d %d\n' "$@" >>"$STATE/reports/counts"; }

unsteady() { printf '%s\n' "$@" >>"$STATE/reports/unsteady"; }

sum_up() {
  local name passed failed skipped seconds
  while read -r name passed failed skipped seconds; do
    PASSED=$((PASSED + passed)) FAILED=$((FAILED + failed)) SKIPPED=$((SKIPPED + skipped))
    SUMMARY+=("$(printf '%-32s %6d passed %4d failed %4d skipped %5d s' "$name" "$passed" "$failed" "$skipped" "$seconds")")
  done <"$STATE/reports/counts"
  mapfile -t UNSTEADY <"$STATE/reports/unsteady"
}

# test_step NAME COMMAND...: one that passes counts for nothing, because it is no test; one that fails counts as 1 failed.
test_step() {
  local name=$1 began=$SECONDS log=$LOGS/$1.log
  shift
  say "$name"
  if ! "$@" >"$log" 2>&1 </dev/null; then
    # The compiler's errors may stand far above the end.
    grep -E ': error |^Error ' "$log" | sort -u | sed -n 1,20p >&2 || true
    show_log_end "$log"
    say "$name FAILED"
    count "$name" 0 1 0 $((SECONDS - began))
    return 1
  fi
}

report_attribute() { # report_attribute FILE NAME: of the <assembly> element
  grep -oE '<assembly [^>]*>' "$1" | grep -oE " $2=\"[0-9]+\"" | grep -oE '[0-9]+' | sed -n 1p
}

run_test_program() { # run_test_program PROGRAM OPTIONS.. -result-xml REPORT
  rm -f "${!#}"
  timeout --kill-after=20 "${CLONES_TEST_SECONDS:-900}" "$@" -noColor -noLogo -longRunning 120 \
    </dev/null >"$LOGS/$name.log" 2>&1
}

hung() { [[ $1 =~ ^(124|137)$ && ! -s $2 ]]; } # hung STATUS REPORT

say_what_hung() {
  warn "$name took more than ${CLONES_TEST_SECONDS:-900} s and was killed; what it waited for last:"
  grep -A 8 -F 'Long Running' "$LOGS/$name.log" | tail -n 20 >&2 || true
}

run_test_project() {
  local name=$1 filter=$2 began=$SECONDS status=0 failed passed
  local program=$ROOT/tests/$1/bin/Release/net10.0/$1 report=$STATE/reports/$1.xml options=()
  [ -z "$filter" ] || options=(-method "*$filter*")
  # The same code tens of thousands of times: here it pays to profile it. Of this suite's process alone.
  [ "$name" != Clones.Simulation.Tests ] || unset DOTNET_TieredPGO DOTNET_TC_CallCountThreshold
  say "$name"
  run_test_program "$program" "${options[@]}" -result-xml "$report" || status=$?
  if hung $status "$report"; then
    # Said in full, and run once more: one wait without end must not hide what all the other tests have to say.
    say_what_hung
    cp "$LOGS/$name.log" "$LOGS/$name.hung.log"
    status=0
    run_test_program "$program" "${options[@]}" -result-xml "$report" || status=$?
    ! hung $status "$report" || say_what_hung
  fi
  if [ ! -s "$report" ]; then
    show_log_end "$LOGS/$name.log"
    count "$name" 0 1 0 $((SECONDS - began))
    return 0
  fi
  failed=$(($(report_attribute "$report" failed) + $(report_attribute "$report" errors)))
  passed=$(report_attribute "$report" passed)
  # A run that says it failed is not believed to have passed, whatever it counted.
  [ $status = 0 ] || [ $failed -gt 0 ] || failed=1
  [ $failed = 0 ] || grep -vE '^ *(Discover|Starting|Finished)' "$LOGS/$name.log" || true
  if [ $failed -gt 0 ] && only_waits_ran_out "$report" $failed && waits_end_when_run_again "$program" "$report"; then
    passed=$((passed + failed)) failed=0
  fi
  count "$name" "$passed" "$failed" "$(report_attribute "$report" skipped)" $((SECONDS - began))
}

# A wrong value is wrong for good: money may have been paid twice. A wait that ran out may only say that the machine was busy.
only_waits_ran_out() { # only_waits_ran_out REPORT FAILED
  [ "$2" -le 3 ] && [ "$(grep -oE '<failure [^>]*exception-type="[^"]*"' "$1" | grep -cF '"System.TimeoutException"')" = "$2" ]
}

waits_end_when_run_again() { # waits_end_when_run_again PROGRAM REPORT
  local again=${2%.xml}.again.xml tests=() test options=() status=0
  mapfile -t tests < <(grep -oE '<test [^>]*result="Fail"[^>]*>' "$2" |
    sed -E 's/.* type="([^"]*)".*/\1 &/; s/^([^ ]*) .* method="([^"]*)".*/\1.\2/' | sort -u)
  [ ${#tests[@]} -gt 0 ] || return 1
  for test in "${tests[@]}"; do options+=(-method "$test"); done
  say "the wait ran out in ${tests[*]}: run once more, alone"
  cp "$LOGS/$name.log" "$LOGS/$name.waited.log"
  run_test_program "$1" "${options[@]}" -result-xml "$again" || status=$?
  if [ $status = 0 ] && [ -s "$again" ] && [ "$(report_attribute "$again" passed)" -gt 0 ]; then
    unsteady "${tests[@]}"
    return 0
  fi
  grep -vE '^ *(Discover|Starting|Finished)' "$LOGS/$name.log" || true
  return 1
}

run_node_tests() { # run_node_tests FOLDER
  local name=$1 began=$SECONDS log=$LOGS/${1##*/}.log status=0 passed failed skipped
  say "$name"
  timeout --kill-after=20 "${CLONES_TEST_SECONDS:-900}" npm test --prefix "$ROOT/$name" </dev/null >"$log" 2>&1 || status=$?
  passed=$(last_count "$log" pass) failed=$(last_count "$log" fail) skipped=$(last_count "$log" skipped)
  [ $status = 0 ] || [ "$failed" -gt 0 ] || failed=1
  [ $status != 0 ] || [ "$passed" -gt 0 ] || failed=1 # silence is no success
  [ "$failed" = 0 ] || show_log_end "$log"
  count "$name" "$passed" "$failed" "$skipped" $((SECONDS - began))
}

# Node's reporters end with "# pass 12" or "i pass 12"; others write "12 passed".
last_count() {
  local found
  found=$(grep -oE "(^[^ ]* ?$2 [0-9]+$)|([0-9]+ $2(ed)?\b)" "$1" | tail -n 1 | grep -oE '[0-9]+') || true
  printf '%s' "${found:-0}"
}

# suites: the name of each, in the order in which they start.
suites() {
  local name project
  for name in "${LONGEST_SUITES[@]}"; do printf 'Clones.%s.Tests\n' "$name"; done
  for project in "$ROOT"/tests/*.Tests/; do
    name=$(basename "$project")
    [[ " ${LONGEST_SUITES[*]/#/Clones.} " == *" ${name%.Tests} "* ]] || printf '%s\n' "$name"
  done
}

run_suites() { # run_suites FILTER
  local name running=0
  # Dozens of short-lived hosts: none lives long enough to earn back what it costs to profile its code and to compile it a second time.
  export DOTNET_TieredPGO=0 DOTNET_TC_CallCountThreshold=1000
  # A first generation of the cache's size is collected so often that it costs a tenth of what allocates most: 64 MB (0x4000000) instead.
  export DOTNET_GCgen0size=0x4000000
  while IFS= read -r name; do
    if [ "$running" -ge "$TEST_LANES" ]; then
      wait -n || true
      running=$((running - 1))
    fi
    run_test_project "$name" "$1" &
    running=$((running + 1))
  done < <(suites)
  [ -n "$1" ] || {
    run_node_tests tools/localnet
    run_node_tests tests/clients
  }
  wait
}

# The tests that took longest, over all suites: where to look when the whole takes too long.
say_slowest_tests() {
  printf '\nslowest tests:\n'
  cat "$STATE"/reports/*.Tests.xml 2>/dev/null | grep -oE '<test [^>]*>' |
    sed -E 's/.* name="([^"]*)".* time="([0-9.]+)".*/\2 \1/; t; d' | sort -rn | sed -n 1,10p |
    while read -r seconds name; do printf '%8.1f s  %s\n' "$seconds" "${name:0:150}"; done
}

run_tests() {
  local filter=${1:-} line built=true
  require_toolchain
  select_servers test
  mkdir -p "$STATE/reports"
  rm -f "$STATE"/reports/*
  touch "$STATE/reports/counts" "$STATE/reports/unsteady"
  STARTED_SECONDS=$SECONDS
  # Of every .NET process from here on: each compiled method would be mapped a second time only to be written, and changes of mappings are dear.
  export DOTNET_EnableWriteXorExecute=0
  trap release_private_servers EXIT
  (start_private_servers $$) &
  local servers=$!
  (ensure_localnet_modules && ensure_node_modules tests/clients) &
  local modules=$!
  cd "$ROOT" || exit
  if [ -z "$filter" ]; then
    test_step tool-restore dotnet tool restore || true
    # By folder: at the root it would walk through .local, where the data of servers and container images lies.
    test_step format dotnet csharpier check src tests bench tools || true
  fi
  # One compiler for all projects, warm after the first of them, whatever the environment says of servers that stay.
  test_step build env MSBUILDDISABLENODEREUSE=0 UseSharedCompilation=true dotnet build Clones.sln -c Release -v quiet --nologo || built=false
  dotnet build-server shutdown >"$LOGS/build-server.log" 2>&1 || true
  wait $modules || count localnet-modules 0 1 0 0
  if ! wait $servers; then
    count servers 0 1 0 0
  elif $built; then
    while IFS= read -r line; do export "${line?}"; done <<<"$(print_private_servers)"
    run_suites "$filter"
  fi
  finish_tests
}

finish_tests() {
  local line
  release_private_servers
  sum_up
  say_slowest_tests
  printf '\n'
  for line in "${SUMMARY[@]}"; do printf '%s\n' "$line"; done
  [ $((PASSED + FAILED + SKIPPED)) -gt 0 ] || say "no test has that in its full name (Namespace.Class.Method)"
  for line in "${UNSTEADY[@]}"; do
    printf 'unsteady: %s waited in vain, and passed when it was run again; *.waited.log has the first run\n' "$line"
  done
  printf 'in %d s; logs in %s\n\n' $((SECONDS - STARTED_SECONDS)) "${LOGS#"$ROOT"/}"
  if [ $SKIPPED -gt 0 ]; then
    printf '%d passed, %d failed, %d skipped\n' $PASSED $FAILED $SKIPPED
  else
    printf '%d passed, %d failed\n' $PASSED $FAILED
  fi
  [ $FAILED = 0 ] && [ $PASSED -gt 0 ]
}
