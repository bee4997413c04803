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
            ! process_identity "$pid"
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
            process_identity $stranger >/dev/null
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
}
