namespace Clones.Testing.Tests;

public sealed class ProcessScriptTests
{
    [Fact]
    public void A_process_is_remembered_and_stopped()
    {
        using var script = new NativeScript();

        var output = script.Succeed(
            """
            start_background "$RUN/it.pid" "$LOGS/it.log" sleep 600
            pid=$(running_pid "$RUN/it.pid")
            stop_remembered "$RUN/it.pid" "the sleeper" 10
            [ ! -e "$RUN/it.pid" ]
            ! read_identity "$pid"
            """
        );

        output.ShouldContain("the sleeper stopped");
    }

    [Fact]
    public void A_stranger_that_got_the_pid_of_a_dead_process_is_left_alone()
    {
        using var script = new NativeScript();

        script.Succeed(
            """
            sleep 600 & stranger=$!
            trap 'kill $stranger' EXIT
            echo "$stranger 1 $(cat /proc/sys/kernel/random/boot_id)" >"$RUN/it.pid"
            ! is_running "$RUN/it.pid"
            stop_remembered "$RUN/it.pid" "not ours" 1
            read_identity $stranger
            """
        );
    }

    [Fact]
    public void A_process_that_ignores_the_polite_signal_is_killed()
    {
        using var script = new NativeScript();

        var output = script.Succeed(
            """
            start_background "$RUN/it.pid" "$LOGS/it.log" bash -c 'trap "" TERM; while true; do sleep 0.1; done'
            stop_remembered "$RUN/it.pid" "the deaf" 1
            """
        );

        output.ShouldContain("killed");
    }

    [Fact]
    public void A_background_process_holds_no_descriptor_of_the_script()
    {
        using var script = new NativeScript();

        script
            .Succeed(
                """
                exec 7>"$ROOT/a-lock"
                start_background "$RUN/it.pid" "$LOGS/it.log" sleep 600
                ls -l "/proc/$(running_pid "$RUN/it.pid")/fd"
                stop_remembered "$RUN/it.pid" "the sleeper" 10
                """
            )
            .ShouldNotContain("a-lock");
    }

    [Fact]
    public void What_a_background_process_complains_of_is_in_its_log()
    {
        using var script = new NativeScript();

        script
            .Succeed(
                """
                start_background "$RUN/it.pid" "$LOGS/it.log" bash -c 'echo to the output; echo to the errors >&2; exec sleep 600'
                wait_until 10 grep -q errors "$LOGS/it.log"
                cat "$LOGS/it.log"
                stop_remembered "$RUN/it.pid" "the sleeper" 10
                """
            )
            .ShouldContain("to the output\nto the errors");
    }

    [Theory]
    [InlineData("rm -f")]
    [InlineData(": >")]
    public void A_file_without_a_pid_is_no_running_process(string makeFile)
    {
        using var script = new NativeScript();

        script.Succeed($"""{makeFile} "$RUN/it.pid"; ! is_running "$RUN/it.pid" """).ShouldBeEmpty();
    }

    [Fact]
    public void A_killed_PostgreSQL_is_started_again_until_its_last_backend_is_gone()
    {
        using var script = new NativeScript();

        // A stand-in rejects twice, as PostgreSQL does over the shared memory of a backend that still lives.
        script.Succeed(
            """
            as_postgres() { test -e "$ROOT/answers"; }
            cat >"$ROOT/postgres" <<'TEXT'
            #!/usr/bin/env bash
            echo start >>"${0%/*}/starts"
            [ "$(wc -l <"${0%/*}/starts")" -gt 2 ] || exit 1
            touch "${0%/*}/answers"
            exec sleep 600
            TEXT
            chmod +x "$ROOT/postgres"
            AS_POSTGRES=() options=()
            wait_until 20 postgres_answers_or_starts "$ROOT" 1 "$ROOT/data"
            [ "$(wc -l <"$ROOT/starts")" = 3 ]
            stop_remembered "$RUN/postgres.pid" "the stand-in" 10
            """
        );
    }
}
